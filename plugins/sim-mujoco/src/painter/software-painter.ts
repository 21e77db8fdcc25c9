import type { Scene } from '../scene/scene.ts';
import { CubeSampler } from './cube-sampler.ts';
import { DepthBuffer, firstFloor, skyId } from './depth-buffer.ts';
import { Eye } from './eye.ts';
import { fillShape, ProjectedVertices } from './fill-shapes.ts';
import { FlatScene, type FlatShape } from './flat-scene.ts';
import { Floor } from './floor.ts';
import { Lighting } from './lighting.ts';
import type { CameraPose, Picture, PictureRequest } from './picture-request.ts';
import type { Projection } from './projection.ts';
import { Resolver } from './resolve.ts';
import { Sky } from './sky.ts';
import { Surfaces } from './surfaces.ts';
import { drawText } from './text-overlay.ts';
import { TextureSampler } from './texture-sampler.ts';

/**
 * Draws a scene in typed arrays: a buffer of nearest triangles, then each pixel lit once for each surface it shows. Needs no
 * GPU, and the picture is the same everywhere. Blocks for tens of milliseconds: for use in a worker.
 */
export class SoftwarePainter {
  readonly #flat: FlatScene;
  readonly #vertices: ProjectedVertices;
  readonly #eye = new Eye();
  readonly #lighting: Lighting;
  readonly #surfaces: Surfaces;
  readonly #floors: readonly Floor[];
  readonly #resolver: Resolver;
  #buffer = new DepthBuffer(1, 1);
  #glass: DepthBuffer | undefined;

  constructor(scene: Scene) {
    this.#flat = new FlatScene(scene);
    this.#vertices = new ProjectedVertices(this.#flat);
    this.#lighting = new Lighting(this.#flat);
    const textures = scene.textures.map((texture) =>
      texture.kind === 'flat' && texture.data.length > 0 ? new TextureSampler(texture) : undefined,
    );
    const cubes = scene.textures.map((texture) =>
      texture.kind === 'cube' && texture.data.length > 0 && texture !== scene.sky
        ? new CubeSampler(texture)
        : undefined,
    );
    const sky = new Sky(scene.sky);
    const surroundings = { eye: this.#eye, lighting: this.#lighting, sky };
    this.#floors = scene.planes.map((plane) => {
      const { texture } = plane.material;
      return new Floor(plane, texture === undefined ? undefined : textures[texture], surroundings);
    });
    this.#surfaces = new Surfaces(this.#flat, this.#vertices, { textures, cubes }, this.#eye, this.#lighting);
    this.#resolver = new Resolver({
      ...surroundings,
      flat: this.#flat,
      surfaces: this.#surfaces,
      floors: this.#floors,
    });
  }

  draw(request: PictureRequest): Picture {
    const { width, height, samples, poses } = request;
    const buffer = this.#bufferOf(width * samples, height * samples);
    const projection = cameraProjection(request.camera, buffer, this.#flat.scene.near);
    this.#eye.restart(projection);
    this.#lighting.prepare(this.#flat, request);
    this.#vertices.restart(this.#flat);
    buffer.clear(0, skyId);
    for (const shape of this.#flat.shapes) {
      if (shape.material.rgba[3] === 1)
        fillShape(this.#flat, shape, poses, projection, this.#vertices, buffer);
    }
    this.#floors.forEach((floor, i) => {
      floor.restart(poses, projection);
      floor.screen.fill(buffer, firstFloor - i);
    });
    this.#surfaces.restart(poses);
    const pixels = new Uint8Array(width * height * 3);
    const colours = new Uint8ClampedArray(pixels.buffer);
    this.#resolver.paint(buffer, samples, colours, width, height);
    for (const shape of this.#glassShapes(poses.geomPositions, request.camera)) {
      const glass = (this.#glass ??= new DepthBuffer(buffer.width, buffer.height));
      glass.clear(0, skyId);
      if (fillShape(this.#flat, shape, poses, projection, this.#vertices, glass))
        this.#resolver.blend(glass, buffer, samples, shape.material.rgba[3], colours, width, height);
    }
    drawText(pixels, width, height, request.overlay);
    return { pixels };
  }

  /** What each pixel of the newest picture shows: metres in front of the camera (0: nothing), and the geom (−1: nothing). Of its upper left sample. */
  layers(samples: 1 | 2): { readonly depth: Float32Array; readonly geoms: Int32Array } {
    const { width: wide, height: high, nearness, ids } = this.#buffer;
    const [width, height] = [wide / samples, high / samples];
    const depth = new Float32Array(width * height);
    const geoms = new Int32Array(width * height).fill(-1);
    for (let i = 0; i < depth.length; i++) {
      const at = Math.floor(i / width) * samples * wide + (i % width) * samples;
      const id = ids[at]!;
      if (id === skyId) continue;
      depth[i] = 1 / nearness[at]!;
      geoms[i] =
        id >= 0
          ? this.#flat.shapes[this.#flat.shapeOf[id]!]!.geom
          : this.#flat.scene.planes[firstFloor - id]!.geom;
    }
    return { depth, geoms };
  }

  #bufferOf(width: number, height: number): DepthBuffer {
    if (this.#buffer.width !== width || this.#buffer.height !== height) {
      this.#buffer = new DepthBuffer(width, height);
      this.#glass = undefined;
    }
    return this.#buffer;
  }

  /** Transparent shapes, the farthest first. */
  #glassShapes(positions: Float64Array, { position: [x, y, z] }: CameraPose): FlatShape[] {
    const distance = ({ geom }: FlatShape): number =>
      Math.hypot(positions[geom * 3]! - x, positions[geom * 3 + 1]! - y, positions[geom * 3 + 2]! - z);
    return this.#flat.shapes
      .filter(({ material }) => material.rgba[3] < 1)
      .toSorted((a, b) => distance(b) - distance(a));
  }
}

function cameraProjection(
  { position, axes, fovy }: CameraPose,
  { width, height }: DepthBuffer,
  near: number,
): Projection {
  const scale = height / 2 / Math.tan(fovy / 2);
  return {
    perspective: true,
    origin: position,
    right: [axes[0]!, axes[3]!, axes[6]!],
    down: [-axes[1]!, -axes[4]!, -axes[7]!],
    forward: [-axes[2]!, -axes[5]!, -axes[8]!],
    scaleX: scale,
    scaleY: scale,
    centreX: width / 2,
    centreY: height / 2,
    near,
  };
}
