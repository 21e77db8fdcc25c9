import {
  PluginFinder,
  isFarsimError,
  lookForSimulators,
  measureLink,
  openFarHost,
  openHost,
  toldHost,
  type FarHost,
  type FarsimError,
  type Host,
  type HostEntry,
  type HostPlace,
  type LinkMeasure,
  type Transport,
} from '@farsim/core';
import { describeInterpreter, hasSimulator } from '../hosts/describe-interpreter.ts';
import type { Finding } from './examine.ts';
import { diskFinding, gpuFinding, guardFindings, sessionFindings } from './machine-findings.ts';
import { formatBytes, formatSeconds } from '../terminal/format.ts';

/** All of it: what hangs is then told, and the rest left out. */
const patienceMs = 10_000;
/** Times of a recording and of the far side's log are then hard to bring together. */
const muchOffset = 1;

/** Looks at a machine that would run a simulator (an entry of the hosts at `place` or of hosts.yaml, an ssh destination, or local), and at the link to it, in less than 10 s; what is broken is one finding, and the rest is looked at all the same. */
export async function* examineHost(name: string, place: HostPlace = {}): AsyncGenerator<Finding> {
  const signal = AbortSignal.timeout(patienceMs);
  const notes: string[] = [];
  const hooks = { signal, progress: () => undefined, log: (line: string) => void notes.push(line) };
  try {
    await using opened = await openHost(name, new PluginFinder(), hooks, place);
    const { transport, entry } = opened;
    if (!transport.host) {
      yield { what: name, state: 'note', said: 'a message bus: no programs can be run there' };
      return;
    }
    const began = performance.now();
    await (
      await transport.host.run(['true'], { signal })
    ).finished;
    const reached = formatSeconds((performance.now() - began) / 1000);
    yield { what: `${name} reached`, state: 'good', said: `the first command took ${reached}` };
    for (const note of notes) yield { what: `${name} way`, state: 'note', said: note };
    const { host } = transport;
    yield* findings(`${name} simulators`, () => examineSimulators(name, host, entry, signal));
    const { python, enter, launch } = entry;
    const far = await openFarHost(host, {
      python: python === 'managed' ? undefined : python,
      launch,
      enter,
      signal,
    });
    yield* findings(name, () => examineMachine(name, far, signal));
    yield* findings(name, () => examineLink(name, far, transport, signal));
  } catch (error) {
    yield faultOf(name, toldHost(error, name, place), signal);
  }
}

async function* findings(name: string, look: () => Promise<Finding[]>): AsyncGenerator<Finding> {
  try {
    yield* await look();
  } catch (error) {
    yield faultOf(name, error);
  }
}

function faultOf(what: string, error: unknown, signal?: AbortSignal): Finding {
  if (signal?.aborted)
    return { what, state: 'bad', code: 'DEADLINE_EXCEEDED', said: `no answer within ${patienceMs / 1000} s` };
  if (!isFarsimError(error)) throw error;
  const { code, message, suggestions }: FarsimError = error;
  return {
    what,
    state: 'bad',
    said: `${code}: ${message}`,
    code,
    ...(suggestions.length > 0 && { hints: suggestions }),
  };
}

async function examineSimulators(
  name: string,
  host: Host,
  { launch, enter, python }: HostEntry,
  signal: AbortSignal,
): Promise<Finding[]> {
  const also = python?.startsWith('/') || python?.startsWith('~/') ? [python] : [];
  const interpreters = await lookForSimulators(host, { launch, enter, also, signal });
  const what = `${name} simulators`;
  const found = interpreters.filter(hasSimulator);
  if (found.length > 0) return [{ what, state: 'good', said: found.map(describeInterpreter).join('; ') }];
  const said = `none in ${interpreters.length} interpreters; \`python: managed\` makes an environment`;
  return [{ what, state: 'good', said }];
}

async function examineMachine(name: string, far: FarHost, signal: AbortSignal): Promise<Finding[]> {
  const machine = await far.examine(signal);
  const { python, platform, cpus, tools } = machine;
  return [
    { what: `${name} Python`, state: 'good', said: `${python} on ${platform}, ${cpus} CPUs` },
    {
      what: `${name} tools`,
      state: 'good',
      said: tools.join(', ') || 'none of uv, conda, nvidia-smi, ffmpeg',
    },
    gpuFinding(`${name} GPU`, machine),
    diskFinding(`${name} disk`, machine),
    ...sessionFindings(name, machine),
    ...guardFindings(name, machine),
  ];
}

async function examineLink(
  name: string,
  far: FarHost,
  transport: Transport,
  signal: AbortSignal,
): Promise<Finding[]> {
  await using channel = await transport.connect!({ exec: far.command('echo') }, { signal });
  const stop = (): void => void channel[Symbol.asyncDispose]();
  signal.addEventListener('abort', stop);
  try {
    return describeLink(name, await measureLink(channel));
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** A link's figures, a finding each. */
function describeLink(
  name: string,
  { roundTrip, largeReply, stalls, down, up, clockOffset }: LinkMeasure,
): Finding[] {
  const { seconds, within } = clockOffset;
  const offset = `${seconds < 0 ? '−' : '+'}${formatSeconds(Math.abs(seconds))} (within ${formatSeconds(within)})`;
  const large = `64 KiB come back in ${formatSeconds(largeReply)}`;
  return [
    {
      what: `${name} round trip`,
      state: 'good',
      said: `p50 ${formatSeconds(roundTrip.p50)}, p99 ${formatSeconds(roundTrip.p99)} (${roundTrip.count})`,
    },
    stalls
      ? {
          what: `${name} stall`,
          state: 'note',
          said: `${large}: 40 ms are lost to Nagle’s algorithm and a delayed acknowledgement`,
          hints: [
            'a hop in between refuses sessions (MaxSessions, ForceCommand), or something relays without TCP_NODELAY',
          ],
        }
      : { what: `${name} stall`, state: 'good', said: `none: ${large}` },
    {
      what: `${name} bandwidth`,
      state: 'good',
      said: `${formatBytes(down)}/s from there, ${formatBytes(up)}/s to there`,
    },
    Math.abs(seconds) > muchOffset
      ? {
          what: `${name} clock`,
          state: 'note',
          said: offset,
          hints: ['set one of the clocks: logs and recordings are compared by time'],
        }
      : { what: `${name} clock`, state: 'good', said: offset },
  ];
}
