import { FarsimError } from '../../model/errors.ts';
import type { Action, EnvSelection, Frame, ResetOptions, StepOptions } from '../../model/frame.ts';
import type { Request } from '../../model/messages.ts';
import { OnEnd, Op } from '../../model/messages.ts';
import type { Tensor } from '../../model/tensor.ts';
import { buildTree, escapePath } from '../../model/tree.ts';
import type { WorldState } from '../../model/world-state.ts';
import type { Simulator, View } from '../../ports/simulator.ts';
import { wireLimits } from '../../session/limits.ts';
import type { NamedTensor } from '../../session/wire/layouts.ts';
import { imageTensors, outcomeTensors, type OutcomeContext } from '../../session/wire/outcome.ts';
import { StateCollector, stateTensors } from '../../session/wire/state-tensors.ts';
import { visualsToMessage } from '../../session/wire/visuals-message.ts';
import { wantFromMessage } from '../../session/wire/want-message.ts';

/** What a request gave, before it becomes a reply. */
export interface Applied {
  readonly blocks: readonly AppliedBlock[];
  readonly value?: string;
  readonly endedAnEnv?: boolean;
  /** What stopped a stepMany after these blocks. */
  readonly error?: unknown;
}

export interface AppliedBlock {
  readonly tensors: readonly NamedTensor[];
  readonly info: string;
  readonly finalInfo: string;
}

/** Calls the simulator's method that the request means. Throws what the simulator throws, or UNSUPPORTED. */
export async function applyRequest(
  simulator: Simulator,
  context: OutcomeContext,
  request: Request,
  blocks: readonly (readonly NamedTensor[])[],
): Promise<Applied> {
  const tensors = blocks[0] ?? [];
  const selection = selectionOf(tensors);
  switch (request.op) {
    case Op.reset:
      return outcome(context, await simulator.reset(resetOptions(request, tensors, selection)));
    case Op.step:
      return outcome(context, await simulator.step(actionOf(tensors), stepOptions(request, selection)));
    case Op.stepMany:
      return applyMany(simulator, context, request, blocks);
    case Op.send:
      await need(simulator.send, 'send').call(
        simulator,
        actionOf(tensors),
        selection.envs ?? context.allEnvs,
      );
      return { blocks: [] };
    case Op.recv:
      return outcome(context, await need(simulator.recv, 'recv').call(simulator, request.min));
    case Op.getState:
      return plain(stateTensors(await need(simulator.getState, 'getState').call(simulator, selection)));
    case Op.setState:
      return outcome(
        context,
        await need(simulator.setState, 'setState').call(simulator, stateOf(tensors), selection),
      );
    case Op.render: {
      const images = await need(simulator.render, 'render').call(
        simulator,
        JSON.parse(request.options) as View,
        selection,
      );
      return plain(imageTensors(images, selection.envs ?? context.allEnvs));
    }
    case Op.snapshot:
      return plain([
        {
          name: 'snapshot',
          tensor: bytesTensor(await need(simulator.snapshot, 'snapshot').call(simulator)),
          open: true,
        },
      ]);
    case Op.restore:
      await need(simulator.restore, 'restore').call(simulator, tensors[0]!.tensor.data as Uint8Array);
      return { blocks: [] };
    case Op.model: {
      const { entry, files } = await need(simulator.model, 'model').call(simulator);
      const named = [...files].map(([name, bytes]) => ({
        name: `file/${escapePath(name)}`,
        tensor: bytesTensor(bytes),
        open: true,
      }));
      return { ...inBlocks(named), value: JSON.stringify({ entry }) };
    }
    case Op.visuals: {
      const { value, tensors: arrays } = visualsToMessage(
        await need(simulator.visuals, 'visuals').call(simulator),
      );
      return { ...inBlocks(arrays), value };
    }
    default:
      throw new FarsimError('UNSUPPORTED', `op ${request.op} does not belong on the data channel`);
  }
}

async function applyMany(
  simulator: Simulator,
  context: OutcomeContext,
  request: Request,
  blocks: readonly (readonly NamedTensor[])[],
): Promise<Applied> {
  const applied: AppliedBlock[] = [];
  let endedAnEnv = false;
  for (const tensors of blocks) {
    try {
      const one = outcome(
        context,
        await simulator.step(actionOf(tensors), stepOptions(request, selectionOf(tensors))),
      );
      applied.push(...one.blocks);
      endedAnEnv ||= one.endedAnEnv ?? false;
    } catch (error) {
      return { blocks: applied, endedAnEnv, error };
    }
    if (endedAnEnv && request.onEnd === OnEnd.break) break;
  }
  return { blocks: applied, endedAnEnv };
}

function outcome(context: OutcomeContext, frame: Frame): Applied {
  const json = (values: object | undefined): string => (values ? JSON.stringify(values) : '');
  return {
    blocks: [
      {
        tensors: outcomeTensors(context, frame),
        info: json(frame.info.values),
        finalInfo: json(frame.final?.info?.values),
      },
    ],
    endedAnEnv: frame.terminated.includes(1) || frame.truncated.includes(1),
  };
}

function plain(tensors: readonly NamedTensor[]): Applied {
  return { blocks: [{ tensors, info: '', finalInfo: '' }] };
}

/** As many blocks as the arrays need: a scene has more meshes, and a model more files, than one layout has tensors. */
function inBlocks(tensors: readonly NamedTensor[]): Applied {
  const { tensorsPerLayout: most } = wireLimits;
  const blocks = Array.from({ length: Math.ceil(tensors.length / most) }, (_, i) =>
    plain(tensors.slice(i * most, (i + 1) * most)),
  );
  return { blocks: blocks.flatMap((one) => one.blocks) };
}

function resetOptions(
  request: Request,
  tensors: readonly NamedTensor[],
  selection: EnvSelection,
): ResetOptions {
  const seeds = tensors.find(({ name }) => name === 'seed')?.tensor.data as Uint32Array | undefined;
  const state = stateOf(tensors);
  return {
    ...selection,
    ...(seeds && { seed: seeds.length === 1 ? seeds[0]! : Array.from(seeds) }),
    ...(Object.keys(state.entities).length > 0 && { state }),
    ...(request.options !== '' && { options: JSON.parse(request.options) as Record<string, unknown> }),
    ...(request.want && { want: wantFromMessage(request.want) }),
  };
}

function stepOptions(request: Request, selection: EnvSelection): StepOptions {
  return {
    ...selection,
    ...(request.repeat > 1 && { repeat: request.repeat }),
    ...(request.want && { want: wantFromMessage(request.want) }),
    ...(request.onEnd === OnEnd.break && { onEnd: 'break' as const }),
  };
}

function selectionOf(tensors: readonly NamedTensor[]): EnvSelection {
  const envs = tensors.find(({ name }) => name === 'envs')?.tensor.data as Int32Array | undefined;
  return envs ? { envs } : {};
}

function actionOf(tensors: readonly NamedTensor[]): Action {
  const leaves = tensors.filter(({ name }) => name === 'action' || name.startsWith('action/'));
  return buildTree(leaves.map(({ name, tensor }) => [name.slice('action/'.length), tensor]));
}

function stateOf(tensors: readonly NamedTensor[]): WorldState {
  const collector = new StateCollector();
  for (const { name, tensor } of tensors) collector.take(name, tensor);
  return collector.state() ?? { entities: {} };
}

function bytesTensor(data: Uint8Array): Tensor {
  return { dtype: 'u8', shape: [data.length], data };
}

function need<Method>(method: Method | undefined, name: string): Method {
  if (!method) throw new FarsimError('UNSUPPORTED', `this simulator has no ${name}`);
  return method;
}
