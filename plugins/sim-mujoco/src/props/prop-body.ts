import type { VisualShape } from '@farsim/core';
import { halfSizes, writeGeom, type PropMeshes } from './prop-geom.ts';
import { attribute } from './xml.ts';

/** Of water and many plastics, kg/m³: what a thing of unknown mass is taken for. */
const density = 1000;
const leastMass = 1e-3;
const leastInertia = 1e-8;

/** A body of its own in the world: free, or a mocap body where it is fixed. Its mass is that of a box as large as it is. */
export function propBody(
  name: string,
  fixed: boolean,
  shapes: readonly VisualShape[],
  meshes: PropMeshes,
): string {
  const geoms = shapes.map((shape) => `  ${writeGeom(shape, meshes)}`).join('\n');
  if (fixed) return `<body${attribute('name', name)} mocap="true">\n${geoms}\n</body>`;
  const [x, y, z] = largest(shapes);
  const mass = Math.max(leastMass, 8 * x * y * z * density);
  const inertia = [y * y + z * z, x * x + z * z, x * x + y * y].map((square) =>
    Math.max(leastInertia, (mass / 3) * square),
  );
  return `<body${attribute('name', name)}>
  <freejoint/>
  <inertial pos="0 0 0"${attribute('mass', mass)}${attribute('diaginertia', inertia)}/>
${geoms}
</body>`;
}

/** Half lengths of a box that is as large as the largest shape. */
function largest(shapes: readonly VisualShape[]): readonly [number, number, number] {
  const volume = ([x, y, z]: readonly [number, number, number]): number => x * y * z;
  return shapes.map(halfSizes).toSorted((a, b) => volume(b) - volume(a))[0]!;
}
