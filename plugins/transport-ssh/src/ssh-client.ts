import type { Duplex, Readable, Writable } from 'node:stream';
import type { FarsimError, LinkOptions, SocketAddress } from '@farsim/core';

/** One machine's SSH, whichever program speaks it. Dials when asked, and again after a loss. */
export interface SshClient extends AsyncDisposable {
  /** True when a program may take its shell's place. Where not, the shell stays to tell the signal that ended it as 128 + n. */
  readonly replaces: boolean;
  /**
   * Runs a line in the far user's shell; `take` gets its streams before anything can have happened on them. Throws what
   * dialling throws, CLOSED or INTERRUPTED. `toEnd` is for what ends programs: it works while the client closes, too.
   */
  start<T>(command: string, take: (session: FarSession) => T, options: StartOptions): Promise<T>;
  /** A stream to a socket of the far machine. Throws HOST_UNREACHABLE and what dialling throws. */
  forward(where: SocketAddress, options: LinkOptions): Promise<ForwardedStream>;
  /** From now on nothing is begun, except `toEnd`, and a dial under way is stopped. */
  refuseMore(): void;
}

export interface StartOptions extends LinkOptions {
  readonly toEnd?: boolean;
}

/** A far program's streams. */
export interface FarSession {
  readonly input: Writable;
  readonly output: Readable;
  readonly errors: Readable;
  /** Resolves when it ended and its output is complete, or the connection is gone. */
  readonly ended: Promise<ProgramEnd>;
  /** What became of the connection, once it is gone. */
  readonly loss: FarsimError | undefined;
  /** Lets go of it, whatever it does. */
  close(): void;
}

export interface ProgramEnd {
  readonly exitCode: number | null;
  readonly signal?: string;
  /** True when nobody told how it ended. */
  readonly lost: boolean;
}

export interface ForwardedStream {
  readonly stream: Duplex;
  /** What became of the connection, once it is gone. */
  readonly loss: () => FarsimError | undefined;
}
