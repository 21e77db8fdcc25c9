import type { DepthBuffer } from './depth-buffer.ts';
import { fillTriangles, type PlacedVertices } from './fill-triangles.ts';
import type { FlatScene, FlatShape } from './flat-scene.ts';
import type { ScenePoses } from './picture-request.ts';
import type { Projection } from './projection.ts';

/** Where a scene's vertices are on a buffer; one for each buffer, filled anew with each picture. */
export class ProjectedVertices implements PlacedVertices {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly nearness: Float32Array;
  /** Vertices and triangles in use, clipped ones included. */
  vertexEnd: number;
  triangleEnd: number;

  constructor({ normals, vertexCount, triangleCount }: FlatScene) {
    this.x = new Float32Array(normals.length / 3);
    this.y = new Float32Array(normals.length / 3);
    this.nearness = new Float32Array(normals.length / 3);
    this.vertexEnd = vertexCount;
    this.triangleEnd = triangleCount;
  }

  /** Forgets what clipping added. */
  restart({ vertexCount, triangleCount }: FlatScene): void {
    this.vertexEnd = vertexCount;
    this.triangleEnd = triangleCount;
  }
}

/** Turns the pose of a geom and a projection into the rows that take its vertices to right, down and forward. */
export function geomToView(
  { geomPositions, geomRotations }: ScenePoses,
  geom: number,
  { origin, right, down, forward }: Projection,
  rows: Float64Array,
): void {
  const r = geom * 9;
  const p = geom * 3;
  const x = geomPositions[p]! - origin[0];
  const y = geomPositions[p + 1]! - origin[1];
  const z = geomPositions[p + 2]! - origin[2];
  for (let axis = 0; axis < 3; axis++) {
    const [a, b, c] = axis === 0 ? right : axis === 1 ? down : forward;
    for (let k = 0; k < 3; k++)
      rows[axis * 4 + k] =
        a * geomRotations[r + k]! + b * geomRotations[r + 3 + k]! + c * geomRotations[r + 6 + k]!;
    rows[axis * 4 + 3] = a * x + b * y + c * z;
  }
}

const rows = new Float64Array(12);

/** Fills one shape's front faces into the buffer, unless it is out of sight. Says whether it may be seen. */
export function fillShape(
  flat: FlatScene,
  shape: FlatShape,
  poses: ScenePoses,
  projection: Projection,
  vertices: ProjectedVertices,
  buffer: DepthBuffer,
): boolean {
  geomToView(poses, shape.geom, projection, rows);
  const sight = isInSight(projection, shape.radius, buffer);
  if (sight === 'no') return false;
  projectVertices(flat.positions, shape, projection, vertices);
  if (sight === 'all')
    fillTriangles(buffer, vertices, flat.triangles, shape.firstTriangle, shape.endTriangle);
  else fillClipped(flat, shape, projection, vertices, buffer);
  return true;
}

function isInSight(
  projection: Projection,
  radius: number,
  { width, height }: DepthBuffer,
): 'no' | 'all' | 'cut' {
  const [x, y, z] = [rows[3]!, rows[7]!, rows[11]!];
  const { perspective, scaleX, scaleY, centreX, centreY, near } = projection;
  if (!perspective) {
    const [rx, ry] = [radius * scaleX, radius * scaleY];
    const [cx, cy] = [centreX + x * scaleX, centreY + y * scaleY];
    return cx + rx < 0 || cy + ry < 0 || cx - rx > width || cy - ry > height ? 'no' : 'all';
  }
  if (z + radius < near) return 'no';
  // distance of the sphere's centre from the planes through the eye and the picture's edges
  const beyond = (along: number, scale: number, edge: number): boolean =>
    (along * scale - z * edge) / Math.hypot(scale, edge) > radius;
  const outside =
    beyond(x, scaleX, width - centreX) ||
    beyond(-x, scaleX, centreX) ||
    beyond(y, scaleY, height - centreY) ||
    beyond(-y, scaleY, centreY);
  if (outside) return 'no';
  return z - radius > near ? 'all' : 'cut';
}

function projectVertices(
  positions: Float32Array,
  { firstVertex, endVertex }: FlatShape,
  { perspective, scaleX, scaleY, centreX, centreY }: Projection,
  vertices: ProjectedVertices,
): void {
  const { x: sx, y: sy, nearness } = vertices;
  const [a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3] = rows as unknown as number[];
  for (let v = firstVertex; v < endVertex; v++) {
    const x = positions[v * 3]!;
    const y = positions[v * 3 + 1]!;
    const z = positions[v * 3 + 2]!;
    const right = a0! * x + a1! * y + a2! * z + a3!;
    const down = b0! * x + b1! * y + b2! * z + b3!;
    const forward = c0! * x + c1! * y + c2! * z + c3!;
    const inverse = perspective ? 1 / forward : 1;
    sx[v] = centreX + right * scaleX * inverse;
    sy[v] = centreY + down * scaleY * inverse;
    nearness[v] = perspective ? inverse : -forward;
  }
}

/** As {@link fillTriangles} for a shape that reaches behind the near plane: triangles across it are cut into new ones. */
function fillClipped(
  flat: FlatScene,
  shape: FlatShape,
  projection: Projection,
  vertices: ProjectedVertices,
  buffer: DepthBuffer,
): void {
  const { triangles } = flat;
  const depth = (v: number): number => {
    const p = flat.positions;
    return rows[8]! * p[v * 3]! + rows[9]! * p[v * 3 + 1]! + rows[10]! * p[v * 3 + 2]! + rows[11]!;
  };
  for (let t = shape.firstTriangle; t < shape.endTriangle; t++) {
    const corners = [triangles[t * 3]!, triangles[t * 3 + 1]!, triangles[t * 3 + 2]!];
    const depths = corners.map(depth);
    const front = depths.filter((d) => d > projection.near).length;
    if (front === 3) fillTriangles(buffer, vertices, triangles, t, t + 1);
    if (front === 0 || front === 3) continue;
    const kept: number[] = [];
    for (let i = 0; i < 3; i++) {
      const k = (i + 1) % 3;
      if (depths[i]! > projection.near) kept.push(corners[i]!);
      if (depths[i]! > projection.near !== depths[k]! > projection.near) {
        const share = (projection.near - depths[i]!) / (depths[k]! - depths[i]!);
        const added = addVertex(flat, vertices, corners[i]!, corners[k]!, share);
        if (added < 0) return;
        projectVertices(
          flat.positions,
          { ...shape, firstVertex: added, endVertex: added + 1 },
          projection,
          vertices,
        );
        kept.push(added);
      }
    }
    for (let i = 1; i + 1 < kept.length; i++) {
      const added = vertices.triangleEnd++;
      if (added >= flat.shapeOf.length) return;
      triangles.set([kept[0]!, kept[i]!, kept[i + 1]!], added * 3);
      flat.shapeOf[added] = flat.shapeOf[t]!;
      fillTriangles(buffer, vertices, triangles, added, added + 1);
    }
  }
}

/** A vertex between two others; −1 when there is no room. */
function addVertex(
  flat: FlatScene,
  vertices: ProjectedVertices,
  a: number,
  b: number,
  share: number,
): number {
  const v = vertices.vertexEnd;
  if ((v + 1) * 3 > flat.positions.length) return -1;
  vertices.vertexEnd++;
  for (const [array, width] of [
    [flat.positions, 3],
    [flat.normals, 3],
    [flat.uvs, 2],
    [flat.directions, 3],
  ] as const) {
    if (array.length === 0) continue;
    for (let k = 0; k < width; k++)
      array[v * width + k] = array[a * width + k]! * (1 - share) + array[b * width + k]! * share;
  }
  return v;
}
