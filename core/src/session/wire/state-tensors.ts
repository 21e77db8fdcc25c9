import type { Tensor } from '../../model/tensor.ts';
import { escapeSegment, unescapeSegment } from '../../model/tree.ts';
import type { WorldState } from '../../model/world-state.ts';
import type { NamedTensor } from './layouts.ts';

const flags = ['terminal', 'after_autoreset', 'finite'] as const;

/** A state's arrays under their wire names (docs/protocol.md, "Names of tensors"), sorted within each entity; rows are open. */
export function stateTensors(state: WorldState, prefix = ''): NamedTensor[] {
  const named: NamedTensor[] = [];
  for (const entity of Object.keys(state.entities).toSorted()) {
    const arrays = state.entities[entity]!;
    for (const key of Object.keys(arrays).toSorted()) {
      const tensor = arrays[key];
      if (tensor)
        named.push({
          name: `${prefix}state/${escapeSegment(entity)}/${escapeSegment(key)}`,
          tensor,
          open: true,
        });
    }
  }
  for (const flag of flags) {
    const tensor = state[flag];
    if (tensor) named.push({ name: `${prefix}flag/${flag}`, tensor, open: true });
  }
  if (state.env_origin) named.push({ name: `${prefix}env_origin`, tensor: state.env_origin, open: true });
  if (state.envs) {
    named.push({
      name: `${prefix}state_envs`,
      tensor: { dtype: 'i32', shape: [state.envs.length], data: state.envs },
      open: true,
    });
  }
  return named;
}

/** Gathers a state from tensors that arrive one by one under their wire names. */
export class StateCollector {
  readonly #entities: Record<string, Record<string, Tensor>> = {};
  readonly #rest: Record<string, Tensor> = {};
  #envs: Int32Array | undefined;
  #any = false;

  /** Takes the tensor when its name (prefix removed) belongs to a state; says whether it did. */
  take(name: string, tensor: Tensor): boolean {
    if (name.startsWith('state/')) {
      const [entity, key] = name.slice(6).split('/').map(unescapeSegment);
      if (entity === undefined || key === undefined) return false;
      (this.#entities[entity] ??= {})[key] = tensor;
    } else if (name.startsWith('flag/')) this.#rest[name.slice(5)] = tensor;
    else if (name === 'env_origin') this.#rest.env_origin = tensor;
    else if (name === 'state_envs') this.#envs = tensor.data as Int32Array;
    else return false;
    this.#any = true;
    return true;
  }

  /** The state, or undefined when nothing of one came. */
  state(): WorldState | undefined {
    if (!this.#any) return undefined;
    return { ...this.#rest, ...(this.#envs && { envs: this.#envs }), entities: this.#entities };
  }
}
