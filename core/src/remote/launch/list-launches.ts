import type { Host } from '../../ports/transport.ts';
import { jsonLine } from '../../session/json-line.ts';
import { FarLaunch } from './far-launch.ts';
import { listLaunches } from './launch-scripts.ts';

/** One that has said its first line. */
export interface RunningLaunch {
  readonly launch: FarLaunch;
  readonly line: Readonly<Record<string, unknown>>;
}

/** A command that has not begun where it leads: a queue keeps it. */
export interface QueuedLaunch {
  readonly name: string;
  /** The end of its name, written as a session is: 12 hexadecimal digits. */
  readonly id: string;
  readonly seconds: number;
  /** What the queue last said. */
  readonly said: string;
}

/** The launches of that kind, all for `''`, that still run, with their first lines. */
export async function runningLaunches(
  host: Host,
  kind: string,
  command: readonly string[],
  signal?: AbortSignal,
): Promise<readonly RunningLaunch[]> {
  return (await listed(host, kind, signal)).flatMap(({ name, text }) => {
    const line = jsonLine(text);
    if (line?.session === undefined) return [];
    return [{ launch: new FarLaunch(host, kind, command, name), line }];
  });
}

/** Launches of this user on the host that still wait to begin. */
export async function queuedLaunches(host: Host, signal?: AbortSignal): Promise<readonly QueuedLaunch[]> {
  return (await listed(host, '', signal)).flatMap(({ name, text }) => {
    const [, seconds, said] = /^farsim queued (\d+) (.*)$/m.exec(text) ?? [];
    return seconds === undefined
      ? []
      : [{ name, id: name.slice(-12), seconds: Number(seconds), said: said! }];
  });
}

async function listed(
  host: Host,
  kind: string,
  signal?: AbortSignal,
): Promise<readonly { readonly name: string; readonly text: string }[]> {
  const process = await host.run(['sh', '-c', listLaunches, 'sh', kind], signal && { signal });
  const { stdout } = await process.finished;
  const parts = Buffer.from(stdout)
    .toString('utf8')
    .split(/^farsim launch /m)
    .slice(1);
  return parts.map((text) => ({ name: text.split('\n')[0]!, text }));
}
