import type { DependencyContainer } from 'tsyringe';
import { FarsimError } from '../../model/errors.ts';
import type { ResourceStack } from '../../model/resource-stack.ts';
import type { OpenContext, PortByKind, PortKind } from '../../ports/plugin.ts';
import type { Recording } from '../../ports/recorder.ts';
import { portToken, registerPort } from './container.ts';
import type { SectionPlan } from '../plan/pipeline-plan.ts';
import { ofTheRun, sectionId } from '../plan/plan-section.ts';

/** What is heard and may be stopped while sections open and run. */
export interface PipelineHooks {
  readonly signal: AbortSignal;
  /** Aborts when the user wants the end at once. */
  readonly hurry?: AbortSignal;
  /** Far simulators that another client controls are taken over. */
  readonly takeOver?: boolean;
  /** What a slow start is doing. */
  readonly progress: (line: string) => void;
  readonly log: (line: string) => void;
}

export interface PortsOpenerParts extends PipelineHooks {
  readonly container: DependencyContainer;
  /** Takes what is opened, in order of dependency. */
  readonly stack: ResourceStack;
  readonly folder: string;
  /** What recorders write in, unless their config says otherwise. */
  readonly runFolder?: string;
  readonly recording: (path: string) => Promise<Recording>;
}

/** Opens planned sections when they are first asked for, their needs before them, each once. */
export class PortsOpener {
  readonly #parts: PortsOpenerParts;
  readonly #sections = new Map<string, SectionPlan>();
  /** Sections that are being opened, and what asked for them. */
  readonly #askedBy = new Map<string, readonly string[]>();

  constructor(sections: Iterable<SectionPlan>, parts: PortsOpenerParts) {
    this.#parts = parts;
    for (const section of sections) {
      this.#sections.set(sectionId(section.kind, section.name), section);
      registerPort(parts.container, section.kind, section.name, () => this.#open(section));
    }
  }

  /** Throws what opening throws; UNMET_NEED when sections wait for each other or there is none of that name. */
  async port<Kind extends PortKind>(
    kind: Kind,
    name: string,
    askers: readonly string[] = [],
  ): Promise<PortByKind[Kind]> {
    const id = sectionId(kind, name);
    const { container } = this.#parts;
    if (askers.includes(id)) {
      throw new FarsimError(
        'UNMET_NEED',
        `these sections wait for each other: ${[...askers, id].join(' → ')}`,
      );
    }
    if (!container.isRegistered(portToken(kind, name), true)) {
      throw new FarsimError(
        'UNMET_NEED',
        `${askers.at(-1) ?? 'the pipeline'} asks for the ${kind} '${name}', which the config has not`,
      );
    }
    if (!this.#askedBy.has(id)) this.#askedBy.set(id, askers);
    return container.resolve(portToken(kind, name));
  }

  async #open(section: SectionPlan): Promise<PortByKind[PortKind]> {
    const { kind, name, plugin, config } = section;
    const { signal, hurry, takeOver, progress, log, folder, recording, stack } = this.#parts;
    const id = sectionId(kind, name);
    const askers = [...(this.#askedBy.get(id) ?? []), id];
    const needs: Record<string, PortByKind[PortKind]> = {};
    for (const [need, needKind] of Object.entries(plugin.needs ?? {})) {
      needs[need] = await this.port(needKind, section.needs[need]!, askers);
    }
    if (signal.aborted) throw new FarsimError('INTERRUPTED', `stopped before ${name} was opened`);
    const context: OpenContext = {
      name,
      folder,
      signal,
      ...(hurry && { hurry }),
      ...(takeOver && { takeOver }),
      progress,
      log,
      section: (wantedKind, wantedName) => this.port(wantedKind, wantedName, askers),
      recording: (path) => recording(section.recordings[path] ?? path),
    };
    const port = await plugin
      .open(this.#inRunFolder(config), { ...context, ...needs })
      .catch((error: unknown) => {
        throw this.#explained(error, section);
      });
    await stack.defer(id, () => (port as Partial<AsyncDisposable>)[Symbol.asyncDispose]?.());
    return port;
  }

  #explained(error: unknown, { plugin, needs }: SectionPlan): unknown {
    return Object.entries(plugin.needs ?? {}).reduce(
      (told, [need, kind]) => this.#sections.get(sectionId(kind, needs[need]!))?.explain?.(told) ?? told,
      error,
    );
  }

  #inRunFolder(config: unknown): unknown {
    const { runFolder } = this.#parts;
    const given = (config as { readonly folder?: unknown } | undefined)?.folder;
    return given === ofTheRun && runFolder !== undefined
      ? { ...(config as object), folder: runFolder }
      : config;
  }
}
