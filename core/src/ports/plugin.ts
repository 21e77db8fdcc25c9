import type { ZodType, infer as Infer } from 'zod';
import type { Codec } from './codec.ts';
import type { DetachedSession, FarRun } from './detached-session.ts';
import type { Controller } from './controller.ts';
import type { Recorder, Recording } from './recorder.ts';
import type { Simulator } from './simulator.ts';
import type { SupportLevel, SupportRow } from './support.ts';
import type { Transport } from './transport.ts';

/** What each kind of plugin opens. */
export interface PortByKind {
  transport: Transport;
  codec: Codec;
  simulator: Simulator;
  recorder: Recorder;
  controller: Controller;
}
export type PortKind = keyof PortByKind;

/** Ports that a plugin is given when it opens, by the name it uses for them. */
export type Needs = Readonly<Record<string, PortKind>>;

/** Paths by the config key that names them. */
export type NamedFiles = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What every `open` is given beside its needs. */
export interface OpenContext {
  /** The name of this section in the config. */
  readonly name: string;
  /** Folder that relative paths in the config start from. */
  readonly folder: string;
  /** Aborts when the user stops the pipeline while it opens. */
  readonly signal: AbortSignal;
  /** Aborts when the user wants the end at once: what was started is then ended by force. */
  readonly hurry?: AbortSignal;
  /** The user wants far simulators that another client controls. */
  readonly takeOver?: boolean;
  /** Shows what a slow start is doing. */
  readonly progress: (line: string) => void;
  readonly log: (line: string) => void;
  /** Opens another section of the same config, once, and shares it: for options such as `model: from plant`. */
  readonly section: (kind: PortKind, name: string) => Promise<PortByKind[PortKind]>;
  /** Opens a run's folder for reading, with the recorder plugin that wrote it; the caller closes it. */
  readonly recording: (path: string) => Promise<Recording>;
}

/**
 * A plugin's manifest, its package's default export. The schema validates, fills defaults and makes the JSON Schema that
 * editors use. `open` is the only asynchronous constructor: what it returns is ready.
 */
export interface Plugin<Kind extends PortKind, N extends Needs, Schema extends ZodType> {
  readonly kind: Kind;
  readonly name: string;
  /** One sentence for `farsim plugins`. */
  readonly summary: string;
  /** How far it was tried, in all or for each of what it may meet; left out: untested. */
  readonly support?: SupportLevel | readonly SupportRow[];
  readonly needs?: N;
  readonly config: Schema;
  /** Files of this side that opening reads, by the config key that names them; relative ones start from the config's folder. One that is missing is FILE_NOT_FOUND when the config is checked. */
  readonly reads?: (config: Infer<Schema>) => NamedFiles;
  /** Throws what is wrong with those files, when the config is checked. */
  readonly check?: (config: Infer<Schema>, folder: string) => void;
  /** Simulators of the same config (`from NAME`) and recordings that opening asks the context for, by the config key that names them. One that is missing is UNMET_NEED or FILE_NOT_FOUND when the config is checked. */
  readonly asksFor?: (config: Infer<Schema>) => NamedFiles;
  readonly open: (
    config: Infer<Schema>,
    context: OpenContext & { readonly [Need in keyof N]: PortByKind[N[Need]] },
  ) => Promise<PortByKind[Kind]>;
  /** Simulators: starts one that drives a run by itself; resolves when that has begun. */
  readonly detach?: (
    config: Infer<Schema>,
    context: OpenContext & { readonly [Need in keyof N]: PortByKind[N[Need]] },
    run: FarRun,
  ) => Promise<DetachedSession>;
  /** Recorders: opens a run's folder or file for reading. */
  readonly read?: (path: string) => Promise<Recording>;
}

/** Any plugin, as the runtime handles it after checking its shape. */
export interface AnyPlugin {
  readonly kind: PortKind;
  readonly name: string;
  readonly summary: string;
  readonly support?: SupportLevel | readonly SupportRow[];
  readonly needs?: Needs;
  readonly config: ZodType;
  readonly reads?: (config: never) => NamedFiles;
  readonly check?: (config: never, folder: string) => void;
  readonly asksFor?: (config: never) => NamedFiles;
  readonly open: (
    config: unknown,
    context: OpenContext & Readonly<Record<string, unknown>>,
  ) => Promise<PortByKind[PortKind]>;
  readonly detach?: (
    config: unknown,
    context: OpenContext & Readonly<Record<string, unknown>>,
    run: FarRun,
  ) => Promise<DetachedSession>;
  readonly read?: (path: string) => Promise<Recording>;
}

/** Returns its argument; it exists so that `open`'s arguments are inferred from the schema and the needs. */
export function definePlugin<
  Kind extends PortKind,
  Schema extends ZodType,
  const N extends Needs = Record<never, never>,
>(plugin: Plugin<Kind, N, Schema>): Plugin<Kind, N, Schema> {
  return plugin;
}
