import type { FarRun } from '../../ports/detached-session.ts';
import type { FileTree, ModelFiles } from '../../ports/simulator.ts';
import type { FarOptions } from './far-options.ts';

/** A far simulator's Python: its adapter files by file name, `module:Class`, and what must be installed for it. */
export interface FarAdapter {
  readonly entry: string;
  readonly files: FileTree;
  /** pip requirements of a managed environment; none when the interpreter is the user's. */
  readonly requirements: readonly string[];
  /** The CPython, `3.12`, that a managed environment must have; left out: the one that the bridge found. */
  readonly pythonVersion?: string | undefined;
  /** Keys of its config that a kept simulator takes by `remake`, without a new start. */
  readonly remakes?: readonly string[] | undefined;
}

/** A program of the user's that calls farsim.bridge.serve(env), in the place of an adapter. */
export interface FarScript {
  /** On the far machine; left out: the entry of the order's `files.script`. */
  readonly path?: string;
  readonly args: readonly string[];
}

/** What to start on a host, and how. */
export interface BridgeOrder {
  readonly name: string;
  readonly adapter: FarAdapter;
  readonly script?: FarScript | undefined;
  readonly options: FarOptions;
  /** What the simulator drives by itself once it is ready, in the place of taking requests. */
  readonly run?: FarRun | undefined;
  /** The adapter's own config. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Files to be there before the start, by the config key that takes the path of their entry. */
  readonly files: Readonly<Record<string, ModelFiles>>;
  readonly signal: AbortSignal;
  /** Aborts when the simulator shall be ended by force. */
  readonly hurry?: AbortSignal | undefined;
  /** Takes one that an equal order made also from the client that controls it. */
  readonly takeOver?: boolean | undefined;
  readonly progress: (line: string) => void;
  /** Takes what the user should know after the end. */
  readonly log?: (line: string) => void;
}
