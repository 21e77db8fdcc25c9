import {
  FarsimError,
  PluginFinder,
  loadConfig,
  plainValue,
  planPipeline,
  type PipelinePlan,
  type SectionPlan,
  type WorldSpec,
} from '@farsim/core';
import type { ConformReport, HeldRule, HeldSection } from './conform-report.ts';
import { holdAdapter } from './hold-adapter.ts';
import {
  codecSubject,
  controllerSubject,
  recorderSubject,
  sectionOpener,
  simulatorSubject,
  type OpenSection,
  type Subject,
} from './open-subject.ts';

export interface HoldRequest {
  readonly configs: readonly string[];
  readonly overrides: readonly string[];
  /** Names or `kind/name` of the sections that are held; none: all that the config writes. */
  readonly only: readonly string[];
  readonly signal: AbortSignal;
  readonly hurry: AbortSignal;
  readonly progress: (text: string) => void;
  readonly log: (text: string) => void;
  readonly onSection: (section: string, plugin: string) => void;
  readonly onRule: (rule: HeldRule) => void;
  readonly onNotHeld: (section: string, why: string) => void;
}

/** Holds the sections of a config to the contracts of their ports, one after the other. Throws USAGE for a name that it lacks, INTERRUPTED, and what opening throws. */
export async function holdConfig(request: HoldRequest): Promise<ConformReport> {
  const { signal, hurry, progress, log } = request;
  const finder = new PluginFinder();
  const plan = await planPipeline(loadConfig(request.configs, request.overrides), finder);
  const open = sectionOpener(plan, finder, { signal, hurry, progress, log });
  const sections: HeldSection[] = [];
  const notHeld: { section: string; why: string }[] = [];
  const specs = new Map<string, WorldSpec>();
  const refuse = (section: string, why: string): void => {
    notHeld.push({ section, why });
    request.onNotHeld(section, why);
  };
  for (const section of chosenSections(plan, request.only)) {
    const id = idOf(section);
    const { plugin, kind, name } = section;
    const adapter = kind === 'simulator' ? await holdAdapter(section, plan.folder, signal) : undefined;
    if (adapter && 'why' in adapter) refuse(`adapter/${name}`, adapter.why);
    if (adapter && 'rules' in adapter) {
      request.onSection(`adapter/${name}`, plugin.name);
      adapter.rules.forEach(request.onRule);
      sections.push({ section: `adapter/${name}`, plugin: plugin.name, rules: adapter.rules });
    }
    const why = whyNotHeld(section);
    if (why !== undefined) {
      refuse(id, why);
      continue;
    }
    request.onSection(id, plugin.name);
    await using subject = await openSubject(section, open, () => drivenSpec(plan, specs, open));
    if (subject.spec) specs.set(name, subject.spec);
    const rules: HeldRule[] = [];
    for (const rule of subject.rules) {
      if (signal.aborted) throw new FarsimError('INTERRUPTED', `stopped before the rule '${rule.fact}'`);
      const held = await holdTo(rule);
      rules.push(held);
      request.onRule(held);
    }
    sections.push({ section: id, plugin: plugin.name, rules });
  }
  const ok = sections.every(({ rules }) => rules.every(({ broken }) => broken === undefined));
  return { farsim: 1, ok, sections, notHeld };
}

async function holdTo({ fact, check }: Subject['rules'][number]): Promise<HeldRule> {
  const began = performance.now();
  const spent = (): number => Math.round((performance.now() - began) * 1e3) / 1e6;
  try {
    const offered = (await check()) !== 'not offered';
    return { fact, seconds: spent(), offered };
  } catch (error) {
    return {
      fact,
      seconds: spent(),
      offered: true,
      broken: error instanceof Error ? error.message : String(error),
    };
  }
}

/** Of the world that the config's controllers drive: a simulator that is not held is opened for it, once. */
async function drivenSpec(
  { run, simulators }: PipelinePlan,
  specs: Map<string, WorldSpec>,
  open: OpenSection,
): Promise<WorldSpec | undefined> {
  const name = run?.simulator ?? simulators[0];
  if (name === undefined) return undefined;
  if (!specs.has(name)) {
    await using pipeline = await open((plan) => ({ ...plan, simulators: [name] }));
    specs.set(name, pipeline.simulator(name).spec);
  }
  return specs.get(name);
}

async function openSubject(
  section: SectionPlan,
  open: OpenSection,
  driven: () => Promise<WorldSpec | undefined>,
): Promise<Subject> {
  const { name, kind, plugin } = section;
  if (kind === 'simulator') return simulatorSubject(name, open);
  if (kind === 'controller') return controllerSubject(name, open, await driven());
  if (kind === 'codec') return codecSubject(name, open);
  return recorderSubject(name, open, plugin);
}

function whyNotHeld({ kind, plugin }: SectionPlan): string | undefined {
  if (kind === 'transport')
    return 'a transport’s contract takes a peer that answers: call `transportContract` of @farsim/core/testing in a test';
  if (kind === 'simulator' && plugin.name === 'recorded') return 'it plays what was recorded';
  if (kind === 'recorder' && Object.values(plugin.needs ?? {}).includes('simulator'))
    return 'it asks a simulator about what it records: call `recorderContract` of @farsim/core/testing in a test';
  return undefined;
}

const writtenKinds = ['simulator', 'controller', 'codec', 'recorder', 'transport'] as const;

function chosenSections(plan: PipelinePlan, only: readonly string[]): SectionPlan[] {
  const file = plainValue(plan.resolved) as Readonly<Record<string, object | undefined>>;
  const ids = writtenKinds.flatMap((kind) =>
    Object.keys(file[`${kind}s`] ?? {}).map((name) => `${kind}/${name}`),
  );
  if (plan.run) ids.push(`controller/${plan.run.controller}`);
  const written = [...new Set(ids)].flatMap((id) => plan.sections.get(id) ?? []);
  if (only.length === 0) return written;
  return only.map((wanted) => {
    const found = [...plan.sections.values()].find(
      (section) => idOf(section) === wanted || section.name === wanted,
    );
    if (found) return found;
    const names = written.map(idOf).join(', ');
    throw new FarsimError('USAGE', `--only: the config has no section '${wanted}': ${names}`);
  });
}

function idOf({ kind, name }: SectionPlan): string {
  return `${kind}/${name}`;
}
