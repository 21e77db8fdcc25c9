import { FarsimError, isFarsimError } from '../model/errors.ts';
import type { Action, Frame, StepOptions } from '../model/frame.ts';
import { copyTensor, takeRows, type Tensor } from '../model/tensor.ts';
import { buildTree, flattenTree } from '../model/tree.ts';
import type { Want } from '../model/want.ts';
import type { Controller } from '../ports/controller.ts';
import type { Simulator } from '../ports/simulator.ts';
import type { CallTimes } from './call-times.ts';
import type { EpisodeBook } from './episode-book.ts';
import type { RecorderFeed } from './recorder-feed.ts';
import type { RolloutOptions } from './rollout-options.ts';

/** What a run measures; one for all its rounds. */
export interface RoundClock {
  readonly reset: CallTimes;
  readonly step: CallTimes;
  farSeconds: number;
  frames: number;
  steps: number;
}

export interface RoundParts {
  readonly simulator: Simulator;
  readonly controller: Controller;
  readonly feed: RecorderFeed;
  readonly book: EpisodeBook;
  readonly clock: RoundClock;
  readonly round: number;
  readonly seed: number | undefined;
  readonly want: Want;
  readonly options: RolloutOptions;
}

/** One round: a reset, then steps until the book's episodes ended, the round is full, the controller has no more, or the signal aborts. */
export async function driveRound(parts: RoundParts): Promise<void> {
  const { simulator, controller, feed, book, clock, round, options } = parts;
  await controller.begin?.(simulator.spec, round);
  let frame = await reset(parts);
  let row = 0;
  book.beginRound(round, frame);
  await feed.write(frame, undefined);
  const report = (): void => options.onProgress?.({ round, step: row, episodesDone: book.episodes.length });
  report();
  while (row < options.steps && book.running && !options.signal?.aborted) {
    const chosen = await controller.act(frame);
    const list = (isActionList(chosen) ? chosen : [chosen]).slice(0, options.steps - row);
    // a controller may fill its buffer anew while a recorder still waits for room
    const actions = list.map(ownAction);
    if (actions.length === 0) break;
    const envs = book.activeEnvs;
    const given = envs ? actions.map((action) => rowsOf(action, frame.envs, envs)) : actions;
    const { frames, error } = await stepAll(simulator, given, envs, clock);
    for (const [i, next] of frames.entries()) {
      row++;
      clock.frames++;
      clock.steps++;
      book.take(next, row);
      await feed.write(next, given[i]);
      frame = next;
    }
    report();
    if (error) throw error;
  }
  await controller.end?.(frame);
}

async function reset({ simulator, clock, seed, want, options }: RoundParts): Promise<Frame> {
  const began = performance.now();
  const frame = await simulator.reset({
    want,
    ...(seed !== undefined && { seed }),
    ...(options.resetOptions && { options: options.resetOptions }),
  });
  clock.reset.add((performance.now() - began) / 1000);
  clock.frames++;
  return frame;
}

/** Frames of the actions that were applied, and what stopped the rest. */
async function stepAll(
  simulator: Simulator,
  actions: readonly Action[],
  envs: Int32Array | undefined,
  clock: RoundClock,
): Promise<{ frames: readonly Frame[]; error?: FarsimError }> {
  const stepOptions: StepOptions = {
    ...(envs && { envs }),
    ...(simulator.spec.autoreset === 'disabled' && actions.length > 1 && { onEnd: 'break' }),
  };
  const frames: Frame[] = [];
  const began = performance.now();
  try {
    if (actions.length > 1 && simulator.stepMany)
      frames.push(...(await simulator.stepMany(actions, stepOptions)));
    else await stepEach(simulator, actions, stepOptions, frames);
  } catch (error) {
    if (!isFarsimError(error)) throw error;
    return { frames: (error.details.frames as readonly Frame[] | undefined) ?? frames, error };
  }
  const seconds = (performance.now() - began) / 1000;
  clock.step.add(seconds / Math.max(1, frames.length), frames.length);
  const timing = frames[0]?.timing;
  if (timing) clock.farSeconds += timing.finished - timing.started;
  return { frames };
}

async function stepEach(
  simulator: Simulator,
  actions: readonly Action[],
  options: StepOptions,
  frames: Frame[],
): Promise<void> {
  for (const action of actions) {
    const frame = await simulator.step(action, options);
    frames.push(frame);
    if (options.onEnd === 'break' && (frame.terminated.includes(1) || frame.truncated.includes(1))) return;
  }
}

function isActionList(chosen: Action | readonly Action[]): chosen is readonly Action[] {
  return Array.isArray(chosen);
}

/** The action's rows for `envs`, out of those for `given`; one that has rows for `envs` alone is taken as it is. Throws BAD_ACTION for any other number of rows. */
function rowsOf(action: Action, given: Int32Array, envs: Int32Array): Action {
  const leaves = flattenTree('', action);
  if (leaves.every(([, { shape }]) => shape[0] === envs.length)) return action;
  const wrong = leaves.find(([, { shape }]) => shape[0] !== given.length);
  if (wrong) {
    throw new FarsimError(
      'BAD_ACTION',
      `the action has ${wrong[1].shape[0]} rows where ${envs.length} of ${given.length} envs still run`,
    );
  }
  const rows = Array.from(envs, (env) => given.indexOf(env));
  return mapLeaves(action, (leaf) => takeRows(leaf, rows));
}

function ownAction(action: Action): Action {
  return mapLeaves(action, copyTensor);
}

function mapLeaves(action: Action, change: (leaf: Tensor) => Tensor): Action {
  return buildTree(flattenTree('', action).map(([path, leaf]) => [path.slice(1), change(leaf)]));
}
