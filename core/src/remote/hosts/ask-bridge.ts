import { FarsimError } from '../../model/errors.ts';
import type { FinishedProcess, Host } from '../../ports/transport.ts';
import { errorFromReport } from '../../session/far-errors.ts';
import { jsonLine } from '../../session/json-line.ts';

/** Runs one of the bridge's verbs to its end and gives its line. Throws the error that the line holds, INTERNAL when there is none. */
export async function askBridge(
  host: Host,
  bridge: readonly string[],
  [verb, ...words]: readonly [string, ...string[]],
  signal?: AbortSignal,
): Promise<Record<string, unknown>> {
  const process = await host.run([...bridge, verb, ...words], signal && { signal });
  return bridgeLine(
    await process.finished,
    (said) => new FarsimError('INTERNAL', `the bridge on ${host.name} did not answer '${verb}' ${said}`),
  );
}

/** The line that a verb printed. Throws the error that it holds; without a line what `failure` makes of how the verb ended. */
export function bridgeLine(
  { stdout, stderr, exitCode, signal }: FinishedProcess,
  failure: (said: string) => FarsimError,
): Record<string, unknown> {
  const line = jsonLine(Buffer.from(stdout).toString('utf8'));
  if (line?.error) throw errorFromReport(line.error as Record<string, unknown>);
  if (line) return line;
  const said = Buffer.from(stderr).toString('utf8').trim();
  throw failure(`(exit status ${exitCode ?? signal}): ${lastLines(said)}`);
}

function lastLines(output: string): string {
  return output === '' ? 'it printed nothing' : output.split('\n').slice(-8).join('\n');
}
