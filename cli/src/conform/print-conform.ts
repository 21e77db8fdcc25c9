import { formatSeconds } from '../terminal/format.ts';
import type { ConformReport, HeldRule } from './conform-report.ts';

/** Lines of a broken rule that are shown; all are in `--json`. */
const shownLines = 8;

/** One rule in a table's row, and how it was broken below it. */
export function printRule({ fact, seconds, offered, broken }: HeldRule): string {
  const mark = broken === undefined ? (offered ? 'ok  ' : '--  ') : 'BAD ';
  const row = `${mark} ${(offered ? formatSeconds(seconds) : '').padStart(8)}  ${fact}`;
  if (broken === undefined) return row;
  const lines = broken.split('\n').filter((line) => line.trim() !== '');
  const shown = lines.slice(0, shownLines).map((line) => `     ${line}`);
  const rest = lines.length - shown.length;
  return [row, ...shown, ...(rest > 0 ? [`     … and ${rest} lines more, in --json`] : [])].join('\n');
}

/** What came of it all. */
export function printConform({ ok, sections }: ConformReport): string {
  const rules = sections.flatMap((section) => section.rules);
  const broken = rules.filter((rule) => rule.broken !== undefined).length;
  const where = sections
    .filter((section) => section.rules.some((rule) => rule.broken !== undefined))
    .map(({ section }) => section);
  const idle = rules.filter(({ offered }) => !offered).length;
  return `${rules.length - broken - idle} kept, ${broken} broken, ${idle} about what is not offered${ok ? '' : `: ${where.join(', ')}`}`;
}
