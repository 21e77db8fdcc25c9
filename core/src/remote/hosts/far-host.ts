import { FarsimError, toFarsimError } from '../../model/errors.ts';
import type { DetachedSession } from '../../ports/detached-session.ts';
import type { Host } from '../../ports/transport.ts';
import { askBridge, bridgeLine } from './ask-bridge.ts';
import { FarLaunch } from '../launch/far-launch.ts';
import { queuedLaunches, runningLaunches, type QueuedLaunch } from '../launch/list-launches.ts';
import { readPrefixes, type FarPrefixes } from '../launch/far-prefixes.ts';
import type {
  EndedSession,
  FarMachine,
  FarSession,
  LeftOver,
  LookedForLeftOver,
  OverSession,
  UnfetchedRecording,
} from './far-machine.ts';
import { placeBridge } from './place-bridge.ts';

export interface LogOptions {
  readonly lines: number;
  /** Go on until the session is over. */
  readonly follow: boolean;
  readonly onOutput: (chunk: Uint8Array) => void;
  readonly signal?: AbortSignal;
}

export interface FarHostOptions {
  /** `python3`, a path or `conda:NAME`. */
  readonly python?: string | undefined;
  /** Words before the commands there, as a far simulator's section has them. */
  readonly launch?: readonly string[] | undefined;
  readonly enter?: readonly string[] | undefined;
  readonly signal: AbortSignal;
}

/** A machine's bridge, for looking after what runs there without a session of one's own. */
export class FarHost {
  readonly host: Host;
  readonly #command: readonly string[];
  readonly #prefixes: FarPrefixes;

  /** `command` runs the bridge where the prefixes lead. */
  constructor(host: Host, command: readonly string[], prefixes: FarPrefixes) {
    this.host = host;
    this.#command = command;
    this.#prefixes = prefixes;
  }

  /** Words that run one of the bridge's verbs there. */
  command(...words: readonly string[]): readonly string[] {
    return [...this.#prefixes.prepare, ...this.#command, ...words];
  }

  /** Sessions of this user on that host since its boot, oldest first, then those in jobs of a queue that were launched from it. */
  async sessions(signal?: AbortSignal): Promise<readonly FarSession[]> {
    const jobs = [...(await this.#jobs(signal)).values()];
    const bridges = [this.command(), ...jobs.map(({ bridge }) => bridge)];
    const asked = bridges.map(async (bridge, index) => {
      const answer = askBridge(this.host, bridge, ['ps'], signal);
      // a job that ends meanwhile has none
      const { sessions } = await (index === 0 ? answer : answer.catch(() => ({ sessions: [] })));
      return sessions as readonly FarSession[];
    });
    return (await Promise.all(asked)).flat();
  }

  /** Sessions of this user that are over since that host's boot, the newest first; some dozens are kept. */
  async over(signal?: AbortSignal): Promise<readonly OverSession[]> {
    return (await this.#ask(['ps', '--over'], signal)).sessions as readonly OverSession[];
  }

  /** The end of a simulator's log, also of one that is over. Throws SESSION_EXPIRED when nothing is known of it. */
  async logs(session: string, { lines, follow, onOutput, signal }: LogOptions): Promise<void> {
    const words = ['logs', session, '-n', String(lines), ...(follow ? ['-f'] : [])];
    const held: Uint8Array[] = [];
    const bridge = (await this.#jobs(signal)).get(session)?.bridge ?? this.command();
    const process = await this.host.run([...bridge, ...words], {
      ...(signal && { signal }),
      onOutput: (chunk, stream) => {
        if (stream !== 'stdout') return;
        if (follow) onOutput(chunk);
        else held.push(chunk);
      },
    });
    const result = await process.finished;
    if (result.exitCode !== 0) {
      bridgeLine(result, (said) => new FarsimError('INTERNAL', `no log from ${this.host.name} ${said}`));
    }
    for (const chunk of held) onOutput(chunk);
  }

  /** Ends a session, whoever controls it; takes up to 25 s. Throws SESSION_EXPIRED when nothing is known of it. */
  async down(session: string, signal?: AbortSignal): Promise<EndedSession> {
    const job = (await this.#jobs(signal)).get(session);
    if (!job) return (await this.#ask(['down', session], signal)) as unknown as EndedSession;
    // the job may end before its bridge has answered
    await askBridge(this.host, job.bridge, ['down', session], signal).catch(() => undefined);
    return { session, left: [], reason: (await job.launch.end()) ?? null };
  }

  /** Recordings of detached runs that are over, oldest first. */
  async unfetched(signal?: AbortSignal): Promise<readonly UnfetchedRecording[]> {
    return (await this.#ask(['recorded', '--list'], signal)).recordings as readonly UnfetchedRecording[];
  }

  /** Words that run programs where a session runs or has run, and those that run its bridge's verbs there. */
  async placeOf(
    session: string,
    signal?: AbortSignal,
  ): Promise<Pick<DetachedSession, 'session' | 'enter' | 'command'>> {
    const bridge = (await this.#jobs(signal)).get(session)?.bridge ?? this.command();
    return { session, enter: bridge.slice(0, -this.#command.length), command: bridge };
  }

  /** Commands of this user behind a prefix that have not begun: a queue keeps them. */
  queued(signal?: AbortSignal): Promise<readonly QueuedLaunch[]> {
    return queuedLaunches(this.host, signal);
  }

  /** Takes a command out of its queue; who waits for it is told START_FAILED. */
  async endQueued({ name }: QueuedLaunch): Promise<void> {
    await new FarLaunch(this.host, '', this.#prefixes.launch, name).end(0);
  }

  /** What should not be there any more, on the host and in the jobs of a queue that were launched from it. */
  async leftOver(signal?: AbortSignal): Promise<LookedForLeftOver> {
    const jobs = [...(await this.#jobs(signal)).values()];
    const left = [...((await this.#ask(['reap', '--list'], signal)).left as readonly LeftOver[])];
    const unseen = this.#prefixes.entersJob
      ? [`jobs that were not launched from ${this.host.name}, or are no longer known there`]
      : [];
    for (const { job, bridge } of jobs) {
      try {
        const answer = await askBridge(this.host, bridge, ['reap', '--list'], signal);
        left.push(...(answer.left as readonly LeftOver[]).map((found) => ({ ...found, job })));
      } catch (error) {
        if (signal?.aborted) throw error;
        unseen.push(`job ${job}: ${toFarsimError(error).message}`);
      }
    }
    return { left, unseen };
  }

  /** Ends those that are still left over. */
  async reap(found: readonly LeftOver[], signal?: AbortSignal): Promise<readonly EndedSession[]> {
    const bridges = new Map(
      Array.from((await this.#jobs(signal)).values(), ({ job, bridge }) => [job, bridge] as const),
    );
    const ended: EndedSession[] = [];
    for (const [job, ofJob] of Map.groupBy(found, (one) => one.job)) {
      const bridge = job === undefined ? this.command() : bridges.get(job);
      // with its job it is gone
      if (!bridge) continue;
      const words = ['reap', ...ofJob.map(({ session }) => session)] as const;
      ended.push(
        ...((await askBridge(this.host, bridge, [...words], signal)).reaped as readonly EndedSession[]),
      );
    }
    return ended;
  }

  /** What the machine has. */
  async examine(signal?: AbortSignal): Promise<FarMachine> {
    return (await this.#ask(['doctor'], signal)) as unknown as FarMachine;
  }

  #ask(words: readonly [string, ...string[]], signal?: AbortSignal): Promise<Record<string, unknown>> {
    return askBridge(this.host, this.command(), words, signal);
  }

  /** Jobs that run, by the session of their bridge. */
  async #jobs(signal?: AbortSignal): Promise<ReadonlyMap<string, FarJob>> {
    const { entersJob, launch, enter } = this.#prefixes;
    if (!entersJob) return new Map();
    const running = await runningLaunches(this.host, '', launch, signal);
    const inJobs = running.filter(({ line }) => typeof line.job === 'string');
    return new Map(
      inJobs.map(({ launch, line: { session, job } }) => [
        String(session),
        { job: String(job), launch, bridge: [...enter(String(job)), ...this.#command] },
      ]),
    );
  }
}

interface FarJob {
  readonly job: string;
  readonly launch: FarLaunch;
  /** Words that run its bridge's verbs in it. */
  readonly bridge: readonly string[];
}

/** Puts the bridge on a host, to be asked. Throws CONFIG_INVALID, PYTHON_*, UPLOAD_FAILED or START_FAILED. */
export async function openFarHost(host: Host, options: FarHostOptions): Promise<FarHost> {
  const { launch = [], enter, python, signal } = options;
  const prefixes = readPrefixes({ launch, enter });
  const bridge = await placeBridge(host, prefixes.prepare, python, new Map(), signal);
  return new FarHost(host, [...bridge.python.command, bridge.path], prefixes);
}
