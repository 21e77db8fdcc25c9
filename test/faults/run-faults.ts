// `npm run faults [-- R1 R5] [-- --quick] [-- --json]`: inflicts the faults of docs/faults.md and prints what came of it. Exit status 1 when one was not survived.
import { parseArgs } from 'node:util';
import { faultRows, fullScale, quickScale } from './fault-rows.ts';

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const unknown = positionals.find((id) => !faultRows.some((row) => row.id === id));
if (unknown !== undefined) {
  console.error(`there is no row ${unknown}; there are ${faultRows.map(({ id }) => id).join(' ')}`);
  process.exit(2);
}
const chosen = faultRows.filter(({ id }) => positionals.length === 0 || positionals.includes(id));
const rows = [];
for (const { id, fault, full, quick, run } of chosen) {
  const count = values.quick ? quick : full;
  const began = performance.now();
  const { passed, failures, figure } = await run(count, values.quick ? quickScale : fullScale);
  const seconds = Math.round((performance.now() - began) / 1000);
  rows.push({ id, fault, count, passed, figure, seconds });
  if (!values.json)
    console.log(
      [
        id.padEnd(4),
        `${passed}/${count}`.padStart(12),
        `${seconds} s`.padStart(7),
        ` ${fault}; ${figure}`,
      ].join(' '),
    );
  for (const failure of failures) console.error(`${id} ${failure}`);
}
if (values.json) console.log(JSON.stringify({ rows }));
process.exit(rows.every(({ count, passed }) => passed === count) ? 0 : 1);
