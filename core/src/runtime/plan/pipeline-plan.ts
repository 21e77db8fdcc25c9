import type { AnyPlugin, PortKind } from '../../ports/plugin.ts';
import type { ConfigNode } from '../../yaml/config-node.ts';
import type { RunConfig } from '../config/config-schema.ts';
import type { LoadedConfig } from '../config/load-config.ts';

/** One part of a pipeline before it is opened: its plugin, its checked config, and which sections fill its needs. */
export interface SectionPlan {
  readonly kind: PortKind;
  readonly name: string;
  readonly plugin: AnyPlugin;
  readonly config: unknown;
  /** Adds to an error of opening what was perhaps meant. */
  readonly explain?: (error: unknown) => unknown;
  /** Name of the section that fills each need. */
  readonly needs: Readonly<Record<string, string>>;
  /** Where the recordings are that it reads, by what its config says. */
  readonly recordings: Readonly<Record<string, string>>;
}

/** Which sections a run opens beside the simulators. */
export interface RunPlan {
  readonly config: RunConfig;
  readonly simulator: string;
  readonly controller: string;
  readonly recorders: readonly string[];
  /** The recorder that draws the replayed episodes. */
  readonly video: string | undefined;
}

/** All that was found out without opening anything. */
export interface PipelinePlan {
  readonly name: string | undefined;
  readonly folder: string;
  readonly source: LoadedConfig['source'];
  readonly sections: ReadonlyMap<string, SectionPlan>;
  /** Simulators of the config in its order. */
  readonly simulators: readonly string[];
  readonly run: RunPlan | undefined;
  /** The config with overrides, references and defaults filled in; secrets are still there. */
  readonly resolved: ConfigNode;
}
