// `npm run bench [-- --quick] [-- --only step]`: prints a table and writes bench/results/latest.json.
import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { runBench, type Bench, type Row } from './harness.ts';
import { healingBenches } from './healing.ts';
import { nearBenches } from './near.ts';
import { localStepBenches } from './step-local.ts';
import { natsStepBenches } from './step-nats.ts';
import { sshStepBenches } from './step-ssh.ts';
import { pipelineBenches } from './pipeline.ts';

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } },
});
const scale = values.quick ? 0.1 : 1;
await using suites = new AsyncDisposableStack();
const benches: Bench[] = [
  ...nearBenches(scale),
  ...localStepBenches(scale),
  ...healingBenches(scale),
  ...pipelineBenches(scale),
  ...(await sshStepBenches(scale, suites)),
  ...(await natsStepBenches(scale, suites)),
].filter(({ name, link }) => values.only === undefined || `${name} ${link}`.includes(values.only));

const rows: Row[] = [];
for (const bench of benches) {
  const measured = await runBench(bench);
  rows.push(...measured);
  printRows(measured, rows.length === measured.length);
}
const machine = {
  cpus: os.cpus().length,
  model: os.cpus()[0]?.model,
  node: process.version,
  date: new Date().toISOString(),
};
// a part of the benches, or short ones, are for looking at
if (values.only === undefined && !values.quick) {
  await writeFile(
    new URL('results/latest.json', import.meta.url),
    `${JSON.stringify({ machine, rows }, null, 2)}\n`,
  );
}

function printRows(measured: readonly Row[], withHead: boolean): void {
  const widths = [10, 8, 9, 26, 10, 10, 10, 8, 10];
  const line = (cells: readonly (string | number)[]): string =>
    cells
      .map((cell, i) => (i < 4 ? String(cell).padEnd(widths[i]!) : String(cell).padStart(widths[i]!)))
      .join(' ');
  if (withHead)
    console.log(
      line(['bench', 'link', 'bytes', 'contestant', 'p50 µs', 'p99 µs', 'max µs', 'ratio', '> 30 ms']),
    );
  for (const row of measured) {
    console.log(
      line([
        row.bench,
        row.link,
        row.bytes,
        row.contestant,
        row.p50_us,
        row.p99_us,
        row.max_us,
        row.ratio_to_raw,
        row.over_30ms,
      ]),
    );
  }
}
