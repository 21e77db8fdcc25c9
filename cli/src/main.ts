import { flush, run } from '@oclif/core';
import { reportError } from './report-error.ts';

/** Runs the command line. What is thrown anywhere becomes one report and the process's exit status. */
export async function main(argv: string[], entry: string): Promise<void> {
  try {
    await run(argv, entry);
    await flush();
  } catch (error) {
    process.exitCode = reportError(error, argv.includes('--json'));
    await flush();
  }
}
