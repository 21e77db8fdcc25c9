import type { FarRunProgress } from '../../ports/detached-session.ts';

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

/** A session that is over, whose log is still there. */
export interface OverSession {
  readonly session: string;
  /** The simulator's name in its config. */
  readonly name: string;
  readonly reason: string;
  /** Seconds since 1970, by that machine's clock. */
  readonly ended: number;
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
