import type { Tensor, VisualShape } from '@farsim/core';
import { toNumbers } from '@farsim/core';
import { attribute } from './xml.ts';

/** Meshes of props as assets of an MJCF, each once. */
export class PropMeshes {
  readonly assets: string[] = [];
  readonly #names = new Map<Tensor, string>();

  /** The asset's name for a mesh shape. */
  name({ vertices, indices }: VisualShape): string {
    const known = this.#names.get(vertices!);
    if (known !== undefined) return known;
    const name = `farsim prop mesh ${this.#names.size}`;
    this.#names.set(vertices!, name);
    // shell: a surface that is not closed has no volume, and needs none
    this.assets.push(
      `<mesh${attribute('name', name)} inertia="shell"${attribute('vertex', toNumbers(vertices!))}${attribute('face', toNumbers(indices!))}/>`,
    );
    return name;
  }
}

/** One shape as a geom. What the model's defaults would set is set here. */
export function writeGeom(shape: VisualShape, meshes: PropMeshes): string {
  const { type, size, pos, quat, rgba } = shape;
  const form =
    type === 'mesh'
      ? `${attribute('mesh', meshes.name(shape))} contype="0" conaffinity="0"`
      : `${attribute('size', type === 'plane' ? [...size, 0.1] : size)} contype="1" conaffinity="1"`;
  return `<geom${attribute('type', type)}${form}${attribute('pos', pos)}${attribute('quat', quat)}${attribute('rgba', rgba)} group="0"/>`;
}

/** Half lengths of a box that holds the shape, metres. */
export function halfSizes({ type, size, vertices }: VisualShape): readonly [number, number, number] {
  const [a = 0, b = 0, c = 0] = size;
  if (type === 'sphere') return [a, a, a];
  if (type === 'capsule') return [a, a, a + b];
  if (type === 'cylinder') return [a, a, b];
  if (type !== 'mesh') return [a, b, c];
  const numbers = toNumbers(vertices!);
  const half = (axis: number): number => {
    let [low, high] = [Infinity, -Infinity];
    for (let i = axis; i < numbers.length; i += 3) {
      low = Math.min(low, numbers[i]!);
      high = Math.max(high, numbers[i]!);
    }
    return (high - low) / 2;
  };
  return [half(0), half(1), half(2)];
}
