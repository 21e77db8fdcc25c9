// Makes docs/errors.md from core/src/model/error-codes.ts; with --check it only says whether the page is up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { errorCodes } from '../core/dist/model/error-codes.js';

const page = new URL('../docs/errors.md', import.meta.url);
const byExit = Object.entries(errorCodes).toSorted(([a, x], [b, y]) => x.exit - y.exit || (a < b ? -1 : 1));
const text = `# Errors and exit codes

Every error of farsim is a \`FarsimError\` with a \`code\` from this table, a sentence that names the thing and the numbers, the
ways out in \`suggestions\`, and \`details\` (from the far side: the exception's type, its traceback, the last log lines). The
command ends with the exit status that belongs to the code; with \`--json\` the error is printed as JSON. 0 means that all went well.

| exit | code | means |
| --- | --- | --- |
${byExit.map(([code, { exit, means }]) => `| ${exit} | \`${code}\` | ${means} |`).join('\n')}
`;
if (process.argv.includes('--check')) {
  if (readFileSync(page, 'utf8') !== text) {
    console.error(
      'docs/errors.md is not what core/src/model/error-codes.ts says: run `node scripts/generate-errors.mjs`',
    );
    process.exit(1);
  }
} else writeFileSync(page, text);
