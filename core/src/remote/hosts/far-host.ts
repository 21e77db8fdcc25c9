import { FarsimError, toFarsimError } from '../../model/errors.ts';
import type { DetachedSession, FarRunProgress } from '../../ports/detached-session.ts';
import type { Host } from '../../ports/transport.ts';
import { askBridge, bridgeLine } from './ask-bridge.ts';
import { FarLaunch, type QueuedLaunch } from '../launch/far-launch.ts';
import { readPrefixes, type FarPrefixes } from '../launch/far-prefixes.ts';
import { placeBridge } from './place-bridge.ts';

/** A session as its host's files show it; times in seconds. */
export interface FarSession {
  readonly session: string;
  /** The simulator's name in its config. */
  readonly name: string;
  readonly adapter: string;
  /** What it simulates, once that is known. */
  readonly task?: string;
  /** Names the order that made it; equal orders make equal simulators. */
  readonly orderHash?: string;
  readonly pid: number;
  /** The queue's job that it runs in, '' outside of one. */
  readonly job?: string;
  /** False when its supervisor is dead. */
  readonly alive: boolean;
  readonly age: number | null;
  /** `name@machine` of who controls it, '' when nobody does. */
  readonly owner: string;
  /** It waits for its next client. */
  readonly warm: boolean;
  /** It drives a run of its own, and its client has left it to that. */
  readonly detached?: boolean;
  /** How far a run of its own is. */
  readonly run?: FarRunProgress;
  readonly phase?: string;
  /** The request that runs, 0 when none does, and since when it or the phase is so. */
  readonly started?: number;
  readonly since?: number;
  /** Requests that were applied. */
  readonly applied?: number;
  /** Newest entry of the step ledger, its head in hexadecimal. */
  readonly ledger?: { readonly index: number; readonly head: string };
  readonly heard?: number | null;
  /** Until the session ends, if nothing happens any more; null is never. */
  readonly leaseLeft?: number | null;
  /** MiB, where nvidia-smi tells. */
  readonly gpuMemory?: number;
  /** Path of its log there. */
  readonly log: string;
}

/** What dead supervisors left, or a process that carries the marker of a session without a supervisor. */
export interface LeftOver {
  readonly session: string;
  readonly name: string;
  readonly adapter: string;
  readonly reason: string;
  readonly pids: readonly number[];
  /** The queue's job that it is in; left out: the host itself. */
  readonly job?: string;
}

/** What was found, and where could not be looked. */
export interface LookedForLeftOver {
  readonly left: readonly LeftOver[];
  /** A sentence each. */
  readonly unseen: readonly string[];
}

/** What a detached run that is over has recorded, and nobody has fetched. */
export interface UnfetchedRecording {
  readonly session: string;
  /** The simulator's name in its config. */
  readonly name: string;
  readonly began: string | null;
  readonly rounds: number;
}

/** A session that was ended. */
export interface EndedSession {
  readonly session: string;
  /** Pids that could not be ended. */
  readonly left: readonly number[];
  readonly reason: string | null;
}

/** What a machine has, as far as its bridge can tell; null where that is broken. */
export interface FarMachine {
  readonly host: string;
  readonly python: string;
  readonly platform: string;
  readonly cpus: number;
  readonly tools: readonly string[];
  /** Memory in MiB, as nvidia-smi prints it. */
  readonly gpus: readonly {
    readonly index: number;
    readonly name: string;
    readonly memoryTotal: string;
    readonly memoryUsed: string;
    readonly driver: string;
    readonly pids: readonly number[];
  }[];
  /** Of farsim's folder, in bytes; `fault` keeps it from being written. */
  readonly disk: {
    readonly path: string;
    readonly free: number;
    readonly total: number;
    readonly fault: string | null;
  };
  readonly sessions: readonly FarSession[] | null;
  readonly leftOver: readonly LeftOver[] | null;
  /** It finds every orphan of a session. */
  readonly subreaper: boolean;
  /** Where sockets are, null where that folder cannot be made. */
  readonly socketFolder: string | null;
  /** False where logind ends the user's processes at logout. */
  readonly lingers: boolean;
}

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
    return this.#prefixes.launch.length === 0 ? Promise.resolve([]) : FarLaunch.queued(this.host, signal);
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
    const running = await FarLaunch.list(this.host, '', launch, signal);
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
