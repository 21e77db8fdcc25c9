import { FarsimError } from '../model/errors.ts';
import type { Host } from '../ports/transport.ts';
import { errorFromReport } from '../session/far-errors.ts';
import { jsonLine } from '../session/json-line.ts';
import { bridgeLine } from './ask-bridge.ts';
import type { BridgeOrder } from './start-bridge.ts';

/** Makes the managed Python environment of the requirements there, or finds it; gives its interpreter. Throws ENVIRONMENT_FAILED. */
export async function makeEnvironment(
  host: Host,
  bridge: readonly string[],
  requirements: readonly string[],
  { signal, progress }: Pick<BridgeOrder, 'signal' | 'progress'>,
): Promise<string> {
  let unfinished = '';
  const process = await host.run([...bridge, 'environment'], {
    input: JSON.stringify({ requirements }),
    signal,
    onOutput: (chunk, stream) => {
      if (stream !== 'stdout') return;
      const lines = (unfinished + Buffer.from(chunk).toString('utf8')).split('\n');
      unfinished = lines.pop()!;
      for (const line of lines) reportProgress(line, progress);
    },
  });
  const result = await process.finished;
  const answers = Buffer.from(result.stdout)
    .toString('utf8')
    .split('\n')
    .map(jsonLine)
    .filter((answer) => answer !== undefined);
  const failure = answers.find((answer) => answer.error);
  if (failure) throw errorFromReport(failure.error as Record<string, unknown>);
  const made = answers.find((answer) => typeof answer.python === 'string')?.python as string | undefined;
  if (made) return made;
  const nothing = (said: string): FarsimError =>
    new FarsimError('ENVIRONMENT_FAILED', `no Python environment on ${host.name} ${said}`);
  bridgeLine({ ...result, stdout: new Uint8Array(0) }, nothing);
  throw nothing('');
}

function reportProgress(line: string, progress: (line: string) => void): void {
  const said = jsonLine(line);
  if (typeof said?.progress === 'string') progress(said.progress);
}
