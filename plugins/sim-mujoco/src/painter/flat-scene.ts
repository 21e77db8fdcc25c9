import type { Scene, SceneShape } from '../scene/scene.ts';

/** Room for what near-plane clipping adds in one picture; beyond it triangles that cross the plane are left out. */
const spareVertices = 8192;
const spareTriangles = 8192;

/** One shape's part of the scene's arrays. */
export interface FlatShape extends SceneShape {
  readonly firstVertex: number;
  readonly endVertex: number;
  readonly firstTriangle: number;
  readonly endTriangle: number;
  readonly radius: number;
}

/**
 * A scene with all shapes one after another in large arrays, so that a triangle's number says everything about it. Behind
 * the scene's own vertices and triangles is room for clipped ones of the picture that is being drawn.
 */
export class FlatScene {
  readonly scene: Scene;
  readonly shapes: readonly FlatShape[];
  readonly vertexCount: number;
  readonly triangleCount: number;
  readonly positions: Float32Array;
  readonly normals: Float32Array;
  readonly uvs: Float32Array;
  /** Empty when no shape has a cube map. */
  readonly directions: Float32Array;
  /** `[T, 3]` vertices, and the shape of each triangle. */
  readonly triangles: Uint32Array;
  readonly shapeOf: Uint16Array;

  constructor(scene: Scene) {
    this.scene = scene;
    let vertices = 0;
    let triangles = 0;
    this.shapes = scene.shapes.map((shape) => {
      const mesh = scene.meshes[shape.mesh]!;
      const [firstVertex, firstTriangle] = [vertices, triangles];
      vertices += mesh.positions.length / 3;
      triangles += mesh.triangles.length / 3;
      return {
        ...shape,
        firstVertex,
        endVertex: vertices,
        firstTriangle,
        endTriangle: triangles,
        radius: mesh.radius,
      };
    });
    this.vertexCount = vertices;
    this.triangleCount = triangles;
    this.positions = new Float32Array((vertices + spareVertices) * 3);
    this.normals = new Float32Array((vertices + spareVertices) * 3);
    this.uvs = new Float32Array((vertices + spareVertices) * 2);
    const hasCubes = scene.meshes.some(({ directions }) => directions);
    this.directions = new Float32Array(hasCubes ? this.positions.length : 0);
    this.triangles = new Uint32Array((triangles + spareTriangles) * 3);
    this.shapeOf = new Uint16Array(triangles + spareTriangles);
    this.shapes.forEach((shape, number) => this.#copy(shape, number));
  }

  #copy({ mesh, firstVertex, firstTriangle, endTriangle }: FlatShape, number: number): void {
    const { positions, normals, uvs, directions, triangles } = this.scene.meshes[mesh]!;
    this.positions.set(positions, firstVertex * 3);
    this.normals.set(normals, firstVertex * 3);
    if (uvs) this.uvs.set(uvs, firstVertex * 2);
    if (directions) this.directions.set(directions, firstVertex * 3);
    for (let i = 0; i < triangles.length; i++)
      this.triangles[firstTriangle * 3 + i] = triangles[i]! + firstVertex;
    this.shapeOf.fill(number, firstTriangle, endTriangle);
  }
}
