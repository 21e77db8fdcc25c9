import { FarsimError, isFarsimError } from '../model/errors.ts';
import type { Action, Frame } from '../model/frame.ts';
import type { Want } from '../model/want.ts';
import type { Capability, WorldSpec } from '../model/world-spec.ts';
import type { WorldState } from '../model/world-state.ts';
import type { Simulator } from '../ports/simulator.ts';
import { actionElements, buildAction, clampTo } from '../rollout/action-space.ts';
import { finalMomentOf, momentOf } from '../rollout/env-moment.ts';

const mostRows = 4;

/** A step's frame, and each looked-at env's state right after it. */
export interface ProbeStep {
  readonly frame: Frame;
  /** One row each; undefined where an autoreset hid how the env ended. */
  readonly states: readonly (WorldState | undefined)[];
}

/** A simulator in the hands of probes: all its envs are stepped, the first four at most are looked at. */
export class ProbedSimulator {
  readonly simulator: Simulator;
  readonly envs: Int32Array;
  #running = false;
  #settable: readonly string[] | undefined;

  constructor(simulator: Simulator) {
    this.simulator = simulator;
    this.envs = Int32Array.from({ length: Math.min(mostRows, simulator.spec.num_envs) }, (_, env) => env);
  }

  get spec(): WorldSpec {
    return this.simulator.spec;
  }

  can(capability: Capability): boolean {
    return this.spec.capabilities.includes(capability);
  }

  /** Begins new episodes in all envs. */
  async begin(seed?: number): Promise<Frame> {
    this.#running = true;
    return this.simulator.reset(seed === undefined ? {} : { seed });
  }

  /** Begins new episodes where one has ended, or none has begun. */
  async ready(): Promise<void> {
    if (!this.#running) await this.begin();
  }

  /** The looked-at envs' state. Throws UNSUPPORTED. */
  async read(envs = this.envs): Promise<WorldState> {
    if (!this.simulator.getState) throw new FarsimError('UNSUPPORTED', 'its state cannot be read');
    return this.simulator.getState({ envs });
  }

  /** Sets the looked-at envs' state, in new episodes where an env had ended. */
  async put(state: WorldState): Promise<void> {
    await this.ready();
    await this.simulator.setState!(state, { envs: this.envs });
  }

  /** One step of all envs: number 0 does nothing, others move a little, each in its own way. */
  async step(number: number): Promise<ProbeStep> {
    await this.ready();
    const want: Want = this.simulator.getState ? { state: true, envs: this.envs } : {};
    const frame = await this.simulator.step(this.action(number), { want });
    const ended = frame.terminated.includes(1) || frame.truncated.includes(1);
    this.#running = !ended || this.spec.autoreset === 'same_step';
    return { frame, states: Array.from(this.envs, (env) => this.#stateAfter(frame, env)) };
  }

  action(number: number): Action {
    const { spec } = this;
    const elements = actionElements(spec);
    return buildAction(spec, spec.num_envs, (row, i) =>
      clampTo(elements[i]!, number === 0 ? 0 : Math.sin(number + 2 * i + 3 * row) / 4),
    );
  }

  /** Entities whose state may be set; found out once. */
  async settable(): Promise<readonly string[]> {
    return (this.#settable ??= await this.#findSettable());
  }

  async #findSettable(): Promise<readonly string[]> {
    if (!this.simulator.getState || !this.simulator.setState) return [];
    const { entities } = await this.read();
    const found: string[] = [];
    for (const [name, arrays] of Object.entries(entities)) {
      try {
        await this.put({ entities: { [name]: arrays } });
        found.push(name);
      } catch (error) {
        if (!isFarsimError(error) || error.code !== 'UNSUPPORTED') throw error;
      }
    }
    return found;
  }

  #stateAfter(frame: Frame, env: number): WorldState | undefined {
    const row = frame.envs.indexOf(env);
    const ended = Boolean(frame.terminated[row] || frame.truncated[row]);
    if (ended && this.spec.autoreset === 'same_step')
      return finalMomentOf(frame, env, this.spec.step_dt)?.state;
    return momentOf(frame, env)?.state;
  }
}
