import { FarsimError, openStreamChannel, OutputTail, type Channel, type CloseReason } from '@farsim/core';
import { startProcess, type StartedProcess } from './started-process.ts';

const stderrBytes = 16 << 10;
const exitMs = 500;

/** A channel over a program's standard input and output; the program's group ends with it. Throws HOST_UNREACHABLE when it cannot be run. */
export async function openProcessChannel(
  argv: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Channel> {
  if (signal?.aborted) throw new FarsimError('INTERRUPTED', `stopped before ${argv[0]} was started`);
  const started = await startProcess(argv);
  if ('message' in started)
    throw new FarsimError('HOST_UNREACHABLE', `${argv[0]} cannot be run: ${started.message}`);
  const { child } = started;
  const stderr = new OutputTail(stderrBytes);
  child.stderr.on('data', (chunk: Uint8Array) => stderr.push(chunk));
  return openStreamChannel(
    { readable: child.stdout, writable: child.stdin },
    { side: 'dialler', finish: async () => describeEnd(started, stderr) },
  );
}

async function describeEnd(started: StartedProcess, stderr: OutputTail): Promise<Partial<CloseReason>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), exitMs)));
  const byItself = await Promise.race([started.ended, late]);
  clearTimeout(timer);
  const end = byItself ?? (await started.end());
  return {
    stderr: stderr.text,
    ...(end.exitCode !== null && { exitCode: end.exitCode }),
    ...(byItself?.signal !== undefined && {
      kind: 'failure',
      message: `the program was ended by ${byItself.signal}`,
    }),
  };
}
