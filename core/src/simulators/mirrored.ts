import { z } from 'zod';
import { FarsimError } from '../model/errors.ts';
import type { Action, EnvSelection, Frame, Image, ResetOptions, StepOptions } from '../model/frame.ts';
import { takeRows, type Tensor } from '../model/tensor.ts';
import { unionOfWants, type Want } from '../model/want.ts';
import type { WorldSpec } from '../model/world-spec.ts';
import type { EntityState, WorldState } from '../model/world-state.ts';
import { definePlugin } from '../ports/plugin.ts';
import type { Simulator, View } from '../ports/simulator.ts';

const stateWanted: Want = { state: true };

/**
 * The simulator `physics`, seen through `view`: steps go to the one, and each state that comes back is put into the other
 * without physics, so that pictures of a far simulator are drawn here. Frames always hold the state. The view shows as many
 * envs as it has, the first ones. Stepping does not wait for the view; when states come faster than it takes them, only
 * the newest is kept, and `render` waits for that. A failure of the view is thrown by `render`. Owns neither of the two.
 */
export function mirrored(physics: Simulator, view: Simulator): Simulator {
  if (!view.setState || !view.render) {
    const lacks = view.setState ? 'it cannot draw' : 'its state cannot be set';
    throw new FarsimError('UNSUPPORTED', `'${view.spec.sim}' cannot mirror '${physics.spec.sim}': ${lacks}`);
  }
  const mirror = new Mirror(view);
  const shown = async (frame: Promise<Frame>): Promise<Frame> => mirror.show(await frame);
  const spec: WorldSpec = {
    ...physics.spec,
    cameras: view.spec.cameras,
    capabilities: [...new Set([...physics.spec.capabilities, 'render' as const])],
  };
  return {
    spec,
    reset: (options: ResetOptions = {}) =>
      shown(physics.reset({ ...options, want: unionOfWants(options.want, stateWanted) })),
    step: (action: Action, options: StepOptions = {}) => shown(physics.step(action, withState(options))),
    ...(physics.stepMany && {
      stepMany: async (actions: readonly Action[], options: StepOptions = {}): Promise<readonly Frame[]> => {
        const frames = await physics.stepMany!(actions, withState(options));
        if (frames.length > 0) mirror.show(frames.at(-1)!);
        return frames;
      },
    }),
    ...(physics.getState && { getState: (options?: EnvSelection) => physics.getState!(options) }),
    ...(physics.setState && {
      setState: async (state: WorldState, options?: EnvSelection): Promise<Frame> => {
        const frame = await physics.setState!(state, options);
        mirror.put(state, options?.envs ?? state.envs ?? frame.envs);
        return frame;
      },
    }),
    ...(physics.snapshot && { snapshot: () => physics.snapshot!() }),
    ...(physics.restore &&
      physics.getState && {
        restore: async (snapshot: Uint8Array): Promise<void> => {
          await physics.restore!(snapshot);
          mirror.put(await physics.getState!(), allEnvs(spec));
        },
      }),
    ...(physics.model && { model: () => physics.model!() }),
    ...(physics.visuals && { visuals: () => physics.visuals!() }),
    render: (what: View, options?: EnvSelection) => mirror.render(what, options),
    [Symbol.asyncDispose]: () => mirror.settled(),
  };
}

function withState(options: StepOptions): StepOptions {
  return options.want ? { ...options, want: unionOfWants(options.want, stateWanted) } : options;
}

function allEnvs({ num_envs: count }: WorldSpec): Int32Array {
  return Int32Array.from({ length: count }, (_, env) => env);
}

/** The view and the newest states that it has not taken yet, by env. */
class Mirror {
  readonly #view: Simulator;
  #waiting: { state: WorldState; envs: Int32Array }[] = [];
  #putting: Promise<void> = Promise.resolve();
  #busy = false;
  #failure: unknown;

  constructor(view: Simulator) {
    this.#view = view;
  }

  show(frame: Frame): Frame {
    if (frame.state) this.put(frame.state, frame.state.envs ?? frame.envs);
    return frame;
  }

  put(state: WorldState, envs: Int32Array): void {
    const rows = Array.from(envs.keys()).filter((row) => envs[row]! < this.#view.spec.num_envs);
    if (rows.length === 0) return;
    const kept = Int32Array.from(rows, (row) => envs[row]!);
    const covered = new Set(kept);
    this.#waiting = this.#waiting.filter((older) => older.envs.some((env) => !covered.has(env)));
    this.#waiting.push({
      state: rows.length === envs.length ? state : rowsOf(state, rows, kept),
      envs: kept,
    });
    if (!this.#busy) this.#putting = this.#drain();
  }

  async render(what: View, options: EnvSelection = {}): Promise<readonly Image[]> {
    await this.settled();
    return this.#view.render!(what, options);
  }

  /** Throws what kept the view from showing the newest state. */
  async settled(): Promise<void> {
    await this.#putting;
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure as Error;
  }

  async #drain(): Promise<void> {
    this.#busy = true;
    try {
      for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
        await this.#view.setState!(next.state, { envs: next.envs });
      }
    } catch (error) {
      this.#failure = error;
    } finally {
      this.#busy = false;
    }
  }
}

function rowsOf(state: WorldState, rows: readonly number[], envs: Int32Array): WorldState {
  const pick = (arrays: EntityState): EntityState =>
    Object.fromEntries(
      Object.entries(arrays).flatMap(([key, array]): [string, Tensor][] =>
        array ? [[key, takeRows(array, rows)]] : [],
      ),
    );
  const entities = Object.fromEntries(Object.entries(state.entities).map(([name, of]) => [name, pick(of)]));
  return { envs, entities };
}

export const mirroredSimulator = definePlugin({
  kind: 'simulator',
  name: 'mirrored',
  summary: 'One simulator’s physics, drawn by another: `physics: plant, view: view`.',
  support: 'physics in CI',
  needs: { physics: 'simulator', view: 'simulator' },
  config: z.object({}).strict(),
  open: async (_, { physics, view }) => mirrored(physics, view),
});
