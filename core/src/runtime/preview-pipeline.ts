import { FarsimError, toFarsimError } from '../model/errors.ts';
import { ResourceStack } from '../model/resource-stack.ts';
import type { Transport } from '../ports/transport.ts';
import { createPreviewTransport, type FarStep } from '../remote/hosts/preview-transport.ts';
import { createContainer } from './ports/container.ts';
import type { PipelinePlan, SectionPlan } from './plan/pipeline-plan.ts';
import { PortsOpener } from './ports/ports-opener.ts';
import { sectionId } from './plan/plan-section.ts';

/** What opening one far simulator would do on its host. */
export interface StartPreview {
  readonly simulator: string;
  readonly host: string;
  readonly steps: readonly FarStep[];
  /** Why the steps end early: what comes next depends on something that a preview does not open. */
  readonly unknown?: FarsimError;
}

/** Tells, for each simulator that starts over a transport, what its start would run and upload. Reaches no machine and starts nothing. */
export async function previewPipeline(plan: PipelinePlan): Promise<StartPreview[]> {
  const previews: StartPreview[] = [];
  for (const name of plan.simulators) {
    const section = plan.sections.get(sectionId('simulator', name))!;
    const [need] = Object.entries(section.plugin.needs ?? {}).find(([, kind]) => kind === 'transport') ?? [];
    if (need !== undefined) previews.push(await previewStart(plan, section, section.needs[need]!));
  }
  return previews;
}

async function previewStart(
  plan: PipelinePlan,
  simulator: SectionPlan,
  transport: string,
): Promise<StartPreview> {
  const steps: FarStep[] = [];
  const sections = Array.from(plan.sections.values(), (section) => {
    if (section.kind === 'transport') return withPreviewTransport(section, (step) => steps.push(step));
    return section.kind === 'simulator' && section !== simulator ? unopened(section) : section;
  });
  await using stack = new ResourceStack();
  const opener = new PortsOpener(sections, {
    container: createContainer(),
    stack,
    folder: plan.folder,
    signal: new AbortController().signal,
    progress: () => undefined,
    log: () => undefined,
    recording: () => Promise.reject(new FarsimError('INTERRUPTED', 'a preview opens no recording')),
  });
  const outcome: unknown = await opener.port('simulator', simulator.name).catch((error: unknown) => error);
  const preview = { simulator: simulator.name, host: transport.replace(/^on:/, ''), steps };
  const isWhole = steps.at(-1)?.does === 'dial' || !(outcome instanceof Error);
  return isWhole ? preview : { ...preview, unknown: toFarsimError(outcome) };
}

function withPreviewTransport(section: SectionPlan, note: (step: FarStep) => void): SectionPlan {
  const { name, plugin } = section;
  const local = plugin.name === 'local';
  const open = async (): Promise<Transport> => {
    const transport = createPreviewTransport(name.replace(/^on:/, ''), local, note);
    const { host: _none, ...bus } = transport;
    return plugin.name === 'nats' ? bus : transport;
  };
  return { ...section, plugin: { ...plugin, open } };
}

function unopened(section: SectionPlan): SectionPlan {
  const open = () =>
    Promise.reject(new FarsimError('INTERRUPTED', `a preview does not open the simulator '${section.name}'`));
  return { ...section, plugin: { ...section.plugin, open } };
}
