import { flush, run } from '@oclif/core';
import { reportError } from './terminal/report-error.ts';

/** Runs the command line. What is thrown anywhere becomes one report and the process's exit status. */
export async function main(argv: string[], entry: string): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreLostReader);
  const lostReader = new Promise((resolve) => process.stdout.once('error', resolve));
  try {
    await run(argv, entry);
  } catch (error) {
    process.exitCode = reportError(error, argv.includes('--json'));
  }
  // a stream without a reader never drains
  if (!process.stdout.errored) await Promise.race([flush(), lostReader]);
}

/** Whoever read the output, such as `head`, has seen enough: the work goes on. */
function ignoreLostReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
