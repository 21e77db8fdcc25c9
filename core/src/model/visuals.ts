import type { Quaternion, Vector3 } from './rotation.ts';
import type { Tensor } from './tensor.ts';

/**
 * What a scene looks like, `visuals/1`: the shapes of env 0 that are seen, each fixed to a body. A pose of a body, as a
 * state has it, then says where its shapes are.
 */
export interface Visuals {
  readonly shapes: readonly VisualShape[];
}

export interface VisualShape {
  /** `entity/body` as the spec names them, or `world` for what never moves. */
  readonly body: string;
  /** What the scene calls it, where it has a name. */
  readonly name?: string;
  readonly type: 'box' | 'sphere' | 'capsule' | 'cylinder' | 'ellipsoid' | 'plane' | 'mesh';
  /**
   * Metres: half lengths of a box, radii of an ellipsoid, `[radius]`, `[radius, half length]` of what lies along Z (a
   * capsule's without its caps), half lengths in X and Y of a plane that faces Z (0 is endless), nothing for a mesh.
   */
  readonly size: readonly number[];
  /** In the body's frame; in env 0's for `world`. */
  readonly pos: Vector3;
  /** wxyz */
  readonly quat: Quaternion;
  /** sRGB and opacity, 0 to 1. */
  readonly rgba: readonly [red: number, green: number, blue: number, opacity: number];
  /** Meshes: `[V, 3]` metres in the shape's frame, scaled already. Shapes of one mesh may share the tensor. */
  readonly vertices?: Tensor;
  /** Meshes: `[T, 3]` whole numbers, counter-clockwise seen from outside. */
  readonly indices?: Tensor;
}
