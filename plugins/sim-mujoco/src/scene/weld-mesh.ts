import type { MujocoModel } from '../engine/mujoco-module.ts';
import type { SceneMesh } from './scene.ts';

/** Cosine between a corner's normal and its face's from which on an edge is round; as MuJoCo's own renderer has it. */
const roundest = 0.8;

/**
 * A compiled mesh, with vertices that have the same place, almost the same normal and the same texture coordinate made one.
 * Sharp edges are flat on both sides, unless the mesh has texture coordinates.
 */
export function meshOfModel(model: MujocoModel, id: number): SceneMesh {
  const [firstVertex, firstFace, faces] = [
    model.mesh_vertadr[id]! * 3,
    model.mesh_faceadr[id]! * 3,
    model.mesh_facenum[id]!,
  ];
  const firstNormal = model.mesh_normaladr[id]! * 3;
  const textured = model.mesh_texcoordadr[id]! >= 0;
  const firstUv = model.mesh_texcoordadr[id]! * 2;
  const {
    mesh_vert: vertices,
    mesh_normal: normals,
    mesh_face: face,
    mesh_facenormal: faceNormal,
    mesh_texcoord: coordinates,
    mesh_facetexcoord: faceCoordinate,
  } = model;
  const welded = new Welder(faces * 3, textured);
  const triangles = new Uint32Array(faces * 3);
  const flat = new Float32Array(3);
  for (let i = 0; i < faces * 3; i++) {
    const vertex = face[firstFace + i]!;
    const n = firstNormal + faceNormal[firstFace + i]! * 3;
    const p = firstVertex + vertex * 3;
    const t = textured ? firstUv + faceCoordinate[firstFace + i]! * 2 : -1;
    if (i % 3 === 0) findFaceNormal(vertices, firstVertex, face, firstFace + i, flat);
    const isRound =
      textured ||
      normals[n]! * flat[0]! + normals[n + 1]! * flat[1]! + normals[n + 2]! * flat[2]! >= roundest;
    triangles[i] = isRound
      ? welded.vertex(vertex, vertices, p, normals, n, coordinates, t)
      : welded.vertex(vertex, vertices, p, flat, 0, coordinates, t);
  }
  return welded.mesh(triangles);
}

function findFaceNormal(
  vertices: Float32Array,
  firstVertex: number,
  faces: Int32Array,
  corner: number,
  normal: Float32Array,
): void {
  const [a, b, c] = [0, 1, 2].map((k) => firstVertex + faces[corner + k]! * 3) as [number, number, number];
  const side = (to: number, k: number): number => vertices[to + k]! - vertices[a + k]!;
  const x = side(b, 1) * side(c, 2) - side(b, 2) * side(c, 1);
  const y = side(b, 2) * side(c, 0) - side(b, 0) * side(c, 2);
  const z = side(b, 0) * side(c, 1) - side(b, 1) * side(c, 0);
  const length = Math.hypot(x, y, z) || 1;
  normal[0] = x / length;
  normal[1] = y / length;
  normal[2] = z / length;
}

class Welder {
  readonly #positions: Float32Array;
  readonly #normals: Float32Array;
  readonly #uvs: Float32Array | undefined;
  /** By vertex of the source: the newest welded vertex there, and for each welded vertex the one before it. */
  readonly #newest = new Map<number, number>();
  readonly #before: Int32Array;
  #count = 0;
  #radius = 0;

  constructor(most: number, textured: boolean) {
    this.#positions = new Float32Array(most * 3);
    this.#normals = new Float32Array(most * 3);
    this.#uvs = textured ? new Float32Array(most * 2) : undefined;
    this.#before = new Int32Array(most);
  }

  vertex(
    source: number,
    vertices: Float32Array,
    p: number,
    normals: Float32Array,
    n: number,
    coordinates: Float32Array,
    t: number,
  ): number {
    const first = this.#newest.get(source) ?? -1;
    for (let i = first; i >= 0; i = this.#before[i]!) {
      if (this.#isAlike(i, normals, n, coordinates, t)) return i;
    }
    const i = this.#count++;
    this.#before[i] = first;
    this.#newest.set(source, i);
    const [x, y, z] = [vertices[p]!, vertices[p + 1]!, vertices[p + 2]!];
    this.#positions.set([x, y, z], i * 3);
    this.#normals.set(normals.subarray(n, n + 3), i * 3);
    if (this.#uvs) this.#uvs.set(coordinates.subarray(t, t + 2), i * 2);
    this.#radius = Math.max(this.#radius, Math.hypot(x, y, z));
    return i;
  }

  mesh(triangles: Uint32Array): SceneMesh {
    const uvs = this.#uvs?.slice(0, this.#count * 2);
    return {
      positions: this.#positions.slice(0, this.#count * 3),
      normals: this.#normals.slice(0, this.#count * 3),
      ...(uvs && { uvs }),
      triangles,
      radius: this.#radius,
    };
  }

  #isAlike(i: number, normals: Float32Array, n: number, coordinates: Float32Array, t: number): boolean {
    const own = this.#normals;
    const dot =
      own[i * 3]! * normals[n]! + own[i * 3 + 1]! * normals[n + 1]! + own[i * 3 + 2]! * normals[n + 2]!;
    if (dot < 0.9995) return false;
    const uvs = this.#uvs;
    return !uvs || (uvs[i * 2] === coordinates[t] && uvs[i * 2 + 1] === coordinates[t + 1]);
  }
}
