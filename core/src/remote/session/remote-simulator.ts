import { FarsimError, isFarsimError } from '../../model/errors.ts';
import type { Action, EnvSelection, Frame, Image, ResetOptions, StepOptions } from '../../model/frame.ts';
import { Op } from '../../model/messages.ts';
import type { Tensor } from '../../model/tensor.ts';
import { requireRelativePath } from '../../model/relative-path.ts';
import { requireTensors } from '../../model/require-tensors.ts';
import { flattenTree, unescapePath } from '../../model/tree.ts';
import type { Visuals } from '../../model/visuals.ts';
import type { Capability, WorldSpec } from '../../model/world-spec.ts';
import type { WorldState } from '../../model/world-state.ts';
import type { FileTree, ModelFiles, Simulator, Snapshot, View } from '../../ports/simulator.ts';
import type { Answer, AnswerBlock, Call } from '../../session/client/call.ts';
import type { ClientSession } from '../../session/client/client-session.ts';
import type { NamedTensor } from '../../session/wire/layouts.ts';
import {
  decodeImages,
  decodeOutcome,
  outcomeContext,
  type OutcomeContext,
} from '../../session/wire/outcome.ts';
import { StateCollector, stateTensors } from '../../session/wire/state-tensors.ts';
import { visualsFromMessage } from '../../session/wire/visuals-message.ts';
import { wantToMessage } from '../../session/wire/want-message.ts';

const maxSeed = 0xffffffff;
const maxRepeat = 0xffffffff;

/** A simulator on the other end of a session. Optional methods are there only when the far side has the capability. */
export interface RemoteSimulator extends Simulator {
  /** The session that carries it, for those who watch links and ledgers. */
  readonly session: ClientSession;
}

/** Makes the session's simulator; `close` runs when it is disposed, once. */
export function createRemoteSimulator(session: ClientSession, close: () => Promise<void>): RemoteSimulator {
  const { spec } = session;
  const context = outcomeContext(spec);
  const can = (capability: Capability): boolean => spec.capabilities.includes(capability);
  let closing: Promise<void> | undefined;
  const one = (call: Call): Promise<Frame> =>
    answered(session, call, (answer) => firstFrame(context, answer));

  return {
    spec,
    session,
    reset: async (options = {}) => one(resetCall(spec, options)),
    step: async (action, options = {}) => one(stepCall(spec, Op.step, [action], options)),
    stepMany: (actions, options = {}) => stepMany(context, session, actions, options),
    ...(can('sendRecv') && {
      send: async (action: Action, envs: Int32Array): Promise<void> => {
        await session.call(stepCall(spec, Op.send, [action], { envs }));
      },
      recv: (min: number): Promise<Frame> => one({ op: Op.recv, min }),
    }),
    ...(can('getState') && {
      getState: async (options: EnvSelection = {}): Promise<WorldState> =>
        stateOf(await session.call({ op: Op.getState, blocks: [selection(options)] })),
    }),
    ...(can('setState') && {
      setState: (state: WorldState, options: EnvSelection = {}): Promise<Frame> =>
        one({ op: Op.setState, blocks: [[...stateTensors(state), ...selection(options)]] }),
    }),
    ...(can('render') && {
      render: async (view: View, options: EnvSelection = {}): Promise<readonly Image[]> => {
        const call = { op: Op.render, blocks: [selection(options)], options: JSON.stringify(view) };
        return imagesOf(context, view, options.envs ?? context.allEnvs, await session.call(call));
      },
    }),
    ...(can('snapshot') && {
      snapshot: async (): Promise<Snapshot> =>
        (await session.call({ op: Op.snapshot })).blocks[0]!.tensors[0]!.data as Uint8Array,
      restore: async (snapshot: Snapshot): Promise<void> => {
        const tensor: Tensor = { dtype: 'u8', shape: [snapshot.length], data: snapshot };
        await session.call({ op: Op.restore, blocks: [[{ name: 'snapshot', tensor, open: true }]] });
      },
    }),
    ...(can('model') && {
      model: async (): Promise<ModelFiles> => modelOf(await session.call({ op: Op.model })),
    }),
    ...(can('visuals') && {
      visuals: async (): Promise<Visuals> => visualsOf(await session.call({ op: Op.visuals })),
    }),
    [Symbol.asyncDispose]: () => (closing ??= close()),
  };
}

function resetCall(spec: WorldSpec, { seed, envs, state, options, want }: ResetOptions): Call {
  if (envs && envs.length !== spec.num_envs && !spec.capabilities.includes('partialReset')) {
    throw new FarsimError(
      'UNSUPPORTED',
      `${spec.sim} '${spec.task}' can only reset all its ${spec.num_envs} envs together`,
    );
  }
  return {
    op: Op.reset,
    blocks: [
      [
        ...(seed === undefined
          ? []
          : [{ name: 'seed', tensor: seedTensor(seed, envs?.length ?? spec.num_envs), open: true }]),
        ...(state ? stateTensors(state) : []),
        ...selection({ ...(envs && { envs }) }),
      ],
    ],
    want: want && wantToMessage(want),
    options: options && JSON.stringify(options),
  };
}

function seedTensor(seed: number | readonly number[], rows: number): Tensor {
  const seeds = typeof seed === 'number' ? [seed] : seed;
  // on the wire a single seed is one for all
  if (typeof seed !== 'number' && seeds.length !== rows)
    throw new FarsimError('BAD_ARGUMENT', `${seeds.length} seeds were given for ${rows} envs`);
  for (const value of seeds) {
    if (!Number.isInteger(value) || value < 0 || value > maxSeed) {
      throw new FarsimError('BAD_ARGUMENT', `seed ${value} is not an integer from 0 to ${maxSeed}`);
    }
  }
  return { dtype: 'u32', shape: [seeds.length], data: Uint32Array.from(seeds) };
}

function stepCall(spec: WorldSpec, op: Call['op'], actions: readonly Action[], options: StepOptions): Call {
  for (const action of actions) requireTensors(action, options.envs?.length ?? spec.num_envs, spec.actions);
  requireRepeat(options.repeat);
  const partial = options.envs !== undefined;
  const blocks = actions.map((action) => [
    ...flattenTree('action', action).map(([name, tensor]): NamedTensor =>
      partial ? { name, tensor, open: true } : { name, tensor },
    ),
    ...selection(options),
  ]);
  return {
    op,
    blocks,
    want: options.want && wantToMessage(options.want),
    repeat: options.repeat,
    breakOnEnd: options.onEnd === 'break',
    deadlineMs: options.deadlineMs,
    signal: options.signal,
  };
}

function requireRepeat(repeat = 1): void {
  if (Number.isInteger(repeat) && repeat >= 1 && repeat <= maxRepeat) return;
  throw new FarsimError('BAD_ARGUMENT', `repeat ${repeat} is not an integer from 1 to ${maxRepeat}`);
}

async function stepMany(
  context: OutcomeContext,
  session: ClientSession,
  actions: readonly Action[],
  options: StepOptions,
): Promise<readonly Frame[]> {
  if (actions.length === 0) return [];
  return answered(session, stepCall(session.spec, Op.stepMany, actions, options), (answer) => {
    const frames = answer.blocks.map((block) => frameOf(context, block, answer));
    if (answer.error) throw withDetails(answer.error, { frames });
    return frames;
  });
}

/** What `read` makes of the answer; also of one that came too late, which the error has as `details.pending`. */
async function answered<Result>(
  session: ClientSession,
  call: Call,
  read: (answer: Answer) => Result,
): Promise<Result> {
  let answer: Answer;
  try {
    answer = await session.call(call);
  } catch (error) {
    const late = isFarsimError(error) ? (error.details.pending as Promise<Answer> | undefined) : undefined;
    if (!late) throw error;
    const pending = late.then(read);
    // who does not want it need not catch its failure
    pending.catch(() => undefined);
    throw withDetails(error as FarsimError, { pending });
  }
  return read(answer);
}

function withDetails(error: FarsimError, more: Readonly<Record<string, unknown>>): FarsimError {
  const { code, message, suggestions, details } = error;
  return new FarsimError(code, message, { suggestions, details: { ...details, ...more }, cause: error });
}

function firstFrame(context: OutcomeContext, answer: Answer): Frame {
  const block = answer.blocks[0];
  if (!block) throw new FarsimError('DECODE_FAILED', 'a reply that must hold an outcome holds nothing');
  return frameOf(context, block, answer);
}

function frameOf(context: OutcomeContext, block: AnswerBlock, { timing }: Answer): Frame {
  const frame = decodeOutcome(context, block.layout, block.tensors, block.info, block.finalInfo, timing);
  return block.ledger ? { ...frame, ledger: block.ledger } : frame;
}

function selection({ envs }: EnvSelection): NamedTensor[] {
  return envs
    ? [{ name: 'envs', tensor: { dtype: 'i32', shape: [envs.length], data: envs }, open: true }]
    : [];
}

function stateOf(answer: Answer): WorldState {
  const collector = new StateCollector();
  for (const { layout, tensors } of answer.blocks) {
    tensors.forEach((tensor, i) => collector.take(layout.tensors[i]!.name, tensor));
  }
  return collector.state() ?? { entities: {} };
}

function imagesOf(context: OutcomeContext, view: View, rows: Int32Array, answer: Answer): Image[] {
  const { layout, tensors } = answer.blocks[0]!;
  return tensors.flatMap((tensor, i) =>
    decodeImages(context.spec, layout.tensors[i]!.name.slice('image/'.length), tensor, rows).map((image) => ({
      ...image,
      width: view.width,
      height: view.height,
    })),
  );
}

function modelOf(answer: Answer): ModelFiles {
  const files: FileTree = new Map(
    namedTensors(answer).map(([arrayName, tensor]) => {
      const name = unescapePath(arrayName.slice('file/'.length));
      requireRelativePath(name);
      return [name, tensor.data as Uint8Array];
    }),
  );
  const { entry } = JSON.parse(answer.value) as { entry: string };
  if (!files.has(entry))
    throw new FarsimError('DECODE_FAILED', `the far model's entry '${entry}' is not among its files`);
  return { entry, files };
}

function visualsOf(answer: Answer): Visuals {
  return visualsFromMessage(answer.value, new Map(namedTensors(answer)));
}

/** The arrays of all blocks. */
function namedTensors({ blocks }: Answer): (readonly [name: string, tensor: Tensor])[] {
  return blocks.flatMap(({ layout, tensors }) =>
    tensors.map((tensor, i) => [layout.tensors[i]!.name, tensor] as const),
  );
}
