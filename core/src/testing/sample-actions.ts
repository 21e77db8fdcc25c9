import type { Action } from '../model/frame.ts';
import { elementCount, type Tensor } from '../model/tensor.ts';
import { flattenTree } from '../model/tree.ts';
import type { WorldSpec } from '../model/world-spec.ts';
import { actionElements, buildAction, clampTo } from '../rollout/action-space.ts';

/** Zeros, or the nearest that is allowed. */
export function middleAction(spec: WorldSpec): Action {
  const elements = actionElements(spec);
  return buildAction(spec, spec.num_envs, (_, i) => clampTo(elements[i]!, 0));
}

/** Small numbers that differ by step and element. */
export function variedAction(spec: WorldSpec, step: number): Action {
  const elements = actionElements(spec);
  return buildAction(spec, spec.num_envs, (row, i) =>
    clampTo(elements[i]!, Math.sin(step + 2 * i + 3 * row) / 4),
  );
}

export function middleLeaf(spec: WorldSpec): Tensor {
  return flattenTree('', middleAction(spec))[0]![1];
}

/** The middle action with its first leaf changed. */
export function withLeaf(spec: WorldSpec, change: (leaf: Tensor) => Tensor): Action {
  const action = middleAction(spec);
  let changed = false;
  const walk = (node: Action): Action => {
    if (changed) return node;
    if ('data' in node && 'dtype' in node) {
      changed = true;
      return change(node as Tensor);
    }
    return Object.fromEntries(Object.entries(node).map(([name, branch]) => [name, walk(branch as Action)]));
  };
  return walk(action);
}

export function longer({ shape }: Tensor): Tensor {
  const wrong = [...shape, 2];
  return { dtype: 'f64', shape: wrong, data: new Float64Array(elementCount(wrong)) };
}

export function notFinite({ shape }: Tensor): Tensor {
  return { dtype: 'f64', shape, data: new Float64Array(elementCount(shape)).fill(NaN) };
}
