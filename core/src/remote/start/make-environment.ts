import { FarsimError } from '../../model/errors.ts';
import type { Host } from '../../ports/transport.ts';
import { errorFromReport } from '../../session/far-errors.ts';
import { jsonLine } from '../../session/json-line.ts';
import { bridgeLine } from '../hosts/ask-bridge.ts';
import type { BridgeOrder } from './bridge-order.ts';

/** A managed environment's interpreter. */
export interface ManagedPython {
  readonly python: string;
  /** `3.12.1` */
  readonly version: string;
}

/**
 * Makes the managed Python environment of the requirements there with the simulator's variables, or finds it; of the CPython `version`, `3.12`, or of the one
 * that runs the bridge. Throws ENVIRONMENT_FAILED, PYTHON_NOT_FOUND when there is no such CPython.
 */
export async function makeEnvironment(
  host: Host,
  bridge: readonly string[],
  requirements: readonly string[],
  version: string | undefined,
  { options, signal, progress }: Pick<BridgeOrder, 'options' | 'signal' | 'progress'>,
): Promise<ManagedPython> {
  let unfinished = '';
  const process = await host.run([...bridge, 'environment'], {
    input: JSON.stringify({ requirements, version, env: options.env }),
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
  const made = answers.find((answer) => typeof answer.python === 'string');
  if (made) return { python: made.python as string, version: made.pythonVersion as string };
  const nothing = (said: string): FarsimError =>
    new FarsimError('ENVIRONMENT_FAILED', `no Python environment on ${host.name} ${said}`);
  bridgeLine({ ...result, stdout: new Uint8Array(0) }, nothing);
  throw nothing('');
}

function reportProgress(line: string, progress: (line: string) => void): void {
  const said = jsonLine(line);
  if (typeof said?.progress === 'string') progress(said.progress);
}
