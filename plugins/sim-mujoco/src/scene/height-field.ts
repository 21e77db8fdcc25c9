import type { MujocoModel } from '../engine/mujoco-module.ts';
import type { SceneMesh } from './scene.ts';

/** The surface of a height field with walls down to its base. */
export function heightFieldMesh(model: MujocoModel, id: number): SceneMesh {
  const [halfX, halfY, top, base] = model.hfield_size.slice(id * 4, id * 4 + 4) as unknown as number[];
  const [rows, columns] = [model.hfield_nrow[id]!, model.hfield_ncol[id]!];
  const from = model.hfield_adr[id]!;
  const heights = model.hfield_data.slice(from, from + rows * columns);
  const at = (row: number, column: number): [number, number, number] => [
    halfX! * ((2 * column) / (columns - 1) - 1),
    halfY! * ((2 * row) / (rows - 1) - 1),
    top! * heights[row * columns + column]!,
  ];
  const positions: number[] = [];
  const normals: number[] = [];
  const triangles: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      positions.push(...at(row, column));
      normals.push(...slope(at, row, column, rows, columns));
      if (row === 0 || column === 0) continue;
      const corner = row * columns + column;
      triangles.push(corner - columns - 1, corner - columns, corner);
      triangles.push(corner - columns - 1, corner, corner - 1);
    }
  }
  const wall = (points: readonly (readonly [number, number, number])[], normal: readonly number[]): void => {
    points.forEach(([x, y, z], i) => {
      const first = positions.length / 3;
      positions.push(x, y, z, x, y, -base!);
      normals.push(...normal, ...normal);
      if (i > 0) triangles.push(first - 2, first - 1, first, first, first - 1, first + 1);
    });
  };
  const line = (length: number, point: (i: number) => [number, number, number]): [number, number, number][] =>
    Array.from({ length }, (_, i) => point(i));
  wall(
    line(columns, (i) => at(0, i)),
    [0, -1, 0],
  );
  wall(
    line(columns, (i) => at(rows - 1, columns - 1 - i)),
    [0, 1, 0],
  );
  wall(
    line(rows, (i) => at(rows - 1 - i, 0)),
    [-1, 0, 0],
  );
  wall(
    line(rows, (i) => at(i, columns - 1)),
    [1, 0, 0],
  );
  return {
    positions: Float32Array.from(positions),
    normals: Float32Array.from(normals),
    triangles: Uint32Array.from(triangles),
    radius: Math.hypot(halfX!, halfY!, Math.max(top!, base!)),
  };
}

function slope(
  at: (row: number, column: number) => readonly [number, number, number],
  row: number,
  column: number,
  rows: number,
  columns: number,
): [number, number, number] {
  const [left, right] = [at(row, Math.max(0, column - 1)), at(row, Math.min(columns - 1, column + 1))];
  const [near, far] = [at(Math.max(0, row - 1), column), at(Math.min(rows - 1, row + 1), column)];
  const dx = (right[2] - left[2]) / (right[0] - left[0]);
  const dy = (far[2] - near[2]) / (far[1] - near[1]);
  const length = Math.hypot(dx, dy, 1);
  return [-dx / length, -dy / length, 1 / length];
}
