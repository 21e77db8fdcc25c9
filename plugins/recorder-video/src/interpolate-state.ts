import {
  slerp,
  type EnvMoment,
  type EntityState,
  type Quaternion,
  type Tensor,
  type WorldState,
} from '@farsim/core';

/**
 * The state at a second between recorded ones: positions, joints and velocities on straight lines, quaternions by slerp the
 * shorter way; what is neither stays as it was before. Before the first and after the last moment nothing moves.
 */
export function stateAtTime(moments: readonly EnvMoment[], time: number): WorldState {
  const after = firstAfter(moments, time);
  const [before, next] = [moments[Math.max(0, after - 1)]!, moments[Math.min(after, moments.length - 1)]!];
  const span = next.time - before.time;
  if (span <= 0) return before.state;
  return interpolate(before.state, next.state, (time - before.time) / span);
}

/** Index of the first moment later than `time`; times rise. */
function firstAfter(moments: readonly EnvMoment[], time: number): number {
  let low = 0;
  let high = moments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (moments[middle]!.time > time) high = middle;
    else low = middle + 1;
  }
  return low;
}

function interpolate(a: WorldState, b: WorldState, t: number): WorldState {
  const entities: Record<string, EntityState> = {};
  for (const [name, arrays] of Object.entries(a.entities)) {
    const mixed: Record<string, Tensor> = {};
    for (const [key, tensor] of Object.entries(arrays)) {
      const other = b.entities[name]?.[key];
      if (tensor) mixed[key] = other ? between(key, tensor, other, t) : tensor;
    }
    entities[name] = mixed;
  }
  return { entities };
}

function between(key: string, a: Tensor, b: Tensor, t: number): Tensor {
  const float = a.dtype === 'f32' || a.dtype === 'f64';
  if (!float || a.dtype !== b.dtype || a.data.length !== b.data.length) return a;
  const [from, to] = [a.data as Float64Array | Float32Array, b.data as Float64Array | Float32Array];
  const data = from.slice();
  if (key.endsWith('quat')) {
    for (let i = 0; i < data.length; i += 4)
      data.set(slerp(quaternionAt(from, i), quaternionAt(to, i), t), i);
  } else {
    for (let i = 0; i < data.length; i++) data[i] = from[i]! + (to[i]! - from[i]!) * t;
  }
  return { ...a, data };
}

function quaternionAt(data: Float64Array | Float32Array, at: number): Quaternion {
  return [data[at]!, data[at + 1]!, data[at + 2]!, data[at + 3]!];
}
