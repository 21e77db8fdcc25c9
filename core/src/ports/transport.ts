import type { FileTree } from './simulator.ts';

/** Reaches the far side; dials when asked and outlives its links. */
export interface Transport extends AsyncDisposable {
  /**
   * Opens a channel to `unix:/path`, `tcp:host:port` or `subject:x` as seen from the far machine, or to a far command's
   * standard input and output. It proves nothing about who answers. Throws HOST_UNREACHABLE, LOGIN_REFUSED, HOST_KEY_*.
   */
  connect?(address: Address, options?: LinkOptions): Promise<Channel>;
  /** Calls `accept` for each connection until the returned listener is disposed. */
  listen?(address: string, accept: (channel: Channel) => void, options?: LinkOptions): Promise<Listener>;
  /** The machine at the other end, where programs can be run on it. */
  readonly host?: Host;
}

export type Address = string | { readonly exec: readonly string[] };

export interface LinkOptions {
  readonly signal?: AbortSignal;
  /** Dial anew, not over a connection kept from before: that one is believed dead. */
  readonly fresh?: boolean;
}

export interface Listener extends AsyncDisposable {
  /** Where it really listens: the port chosen, when 0 was asked for. */
  readonly address: string;
}

/** An ordered two-way stream of whole frames. The first thing on it, either way, is the 8-byte preamble. */
export interface Channel extends AsyncDisposable {
  /** Writes the parts as one frame; resolves when more may be sent: the backpressure. Throws LINK_LOST. The parts must not change until then. */
  send(parts: readonly Uint8Array[]): Promise<void>;
  /** Frames in order, each in memory of its own at an 8-aligned address. May be iterated once. Ends when the channel closes; throws LIMIT_EXCEEDED. */
  receive(): AsyncIterable<Uint8Array>;
  /** Raises the limit of a frame's bytes once the peer is known. */
  limitFrames(bytes: number): void;
  /** Settles once, when the channel is closed from either end or by a failure. Never rejects. */
  readonly closed: Promise<CloseReason>;
}

export interface CloseReason {
  readonly kind: 'local' | 'peer' | 'failure';
  readonly message?: string;
  /** What the far command wrote to standard error, its end, and how it ended. */
  readonly stderr?: string;
  readonly exitCode?: number;
}

/** Runs programs and puts files on a machine. */
export interface Host {
  /** For messages: `local` or `me@gpu-box`. */
  readonly name: string;
  /** True when it is this machine: its sockets can be dialled without a program there. */
  readonly local: boolean;
  /** Starts a program; arguments are passed as they are, never through a shell that could split them. A missing program exits with 127. */
  run(argv: readonly string[], options?: RunOptions): Promise<RunningProcess>;
  /** Puts files under `directory` (`~/` is the user's home), each whole or not at all. Existing files of the same name and size are kept. Throws UPLOAD_FAILED. */
  upload(files: FileTree, directory: string, options?: LinkOptions): Promise<void>;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: Uint8Array | string;
  readonly signal?: AbortSignal;
  /** Called with each chunk of standard output or error as it comes. */
  readonly onOutput?: (chunk: Uint8Array, stream: 'stdout' | 'stderr') => void;
}

export interface RunningProcess extends AsyncDisposable {
  /** Resolves when the program ended and its output is complete. */
  readonly finished: Promise<FinishedProcess>;
  /** Sends SIGTERM where the host can, else closes the program's input. */
  end(): void;
}

export interface FinishedProcess {
  /** Null when a signal ended it or the link was lost. */
  readonly exitCode: number | null;
  readonly signal?: string;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}
