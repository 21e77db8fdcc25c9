import type { SceneLight } from '../scene/scene.ts';
import type { FlatScene } from './flat-scene.ts';
import type { ScenePoses } from './picture-request.ts';
import { acrossOf, dot, unit, type Projection } from './projection.ts';

/** How a light sees a scene on a square map of `size` texels: all of it in parallel, or what its cone holds in perspective. */
export function lightProjection(
  flat: FlatScene,
  { kind, light, cutoff }: SceneLight,
  poses: ScenePoses,
  size: number,
): Projection {
  const vector = (from: Float64Array): [number, number, number] => [
    from[light * 3]!,
    from[light * 3 + 1]!,
    from[light * 3 + 2]!,
  ];
  const forward = unit(vector(poses.lightDirections));
  const { right, down } = acrossOf(forward);
  const common = { right, down, forward, centreX: size / 2, centreY: size / 2 };
  if (kind !== 'directional') {
    const wide = Math.tan(Math.min(kind === 'spot' ? cutoff : Math.PI, (70 * Math.PI) / 180));
    const scale = size / 2 / wide;
    const near = 0.02 * flat.scene.extent;
    return {
      ...common,
      perspective: true,
      origin: vector(poses.lightPositions),
      scaleX: scale,
      scaleY: scale,
      near,
    };
  }
  const step = flat.scene.extent / 4;
  const [minX, maxX] = rangeAlong(flat, poses, right, step);
  const [minY, maxY] = rangeAlong(flat, poses, down, step);
  const half = Math.max(maxX - minX, maxY - minY) / 2 + step / 4;
  const [x, y] = [(minX + maxX) / 2, (minY + maxY) / 2];
  const origin = [0, 1, 2].map((k) => right[k]! * x + down[k]! * y) as unknown as [number, number, number];
  const scale = size / 2 / half;
  return { ...common, perspective: false, origin, scaleX: scale, scaleY: scale, near: 0 };
}

/** What the shapes cover along an axis, in whole steps, so that an edge does not swim while things move. Very large shapes do not count. */
function rangeAlong(
  flat: FlatScene,
  { geomPositions }: ScenePoses,
  axis: readonly [number, number, number],
  step: number,
): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const { geom, radius } of flat.shapes) {
    if (radius > 3 * flat.scene.extent) continue;
    const along = dot(axis, [
      geomPositions[geom * 3]!,
      geomPositions[geom * 3 + 1]!,
      geomPositions[geom * 3 + 2]!,
    ]);
    low = Math.min(low, along - radius);
    high = Math.max(high, along + radius);
  }
  if (low > high) return [-flat.scene.extent, flat.scene.extent];
  return [Math.floor(low / step) * step, Math.ceil(high / step) * step];
}
