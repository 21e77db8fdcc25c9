import type { CubeSampler } from './cube-sampler.ts';
import type { Eye } from './eye.ts';
import type { FlatScene } from './flat-scene.ts';
import type { ProjectedVertices } from './fill-shapes.ts';
import type { Lighting } from './lighting.ts';
import type { ScenePoses } from './picture-request.ts';
import type { TextureSampler } from './texture-sampler.ts';

/** By the numbers of the scene's textures: one of the two has it. */
export interface SurfaceTextures {
  readonly textures: readonly (TextureSampler | undefined)[];
  readonly cubes: readonly (CubeSampler | undefined)[];
}

/** What a triangle is at a place of the buffer, and how it is lit there. */
export class Surfaces {
  /** The place that is asked about: x, y (samples) and nearness. */
  readonly place = new Float64Array(3);
  /** In the world: the newest result of {@link find}, and what {@link light} goes by. Unit. */
  readonly normal: Float64Array;
  /** The newest result of {@link light}: red, green, blue, not yet bounded. */
  readonly colour = new Float64Array(3);
  readonly #flat: FlatScene;
  readonly #vertices: ProjectedVertices;
  readonly #textures: SurfaceTextures;
  readonly #eye: Eye;
  readonly #lighting: Lighting;
  /** Of a triangle's corners, with any sum. */
  readonly #weights = new Float64Array(3);
  /** What is lit: a point, its normal and the direction to the eye. */
  readonly #spot = new Float64Array(9);
  /** Where a texture is looked at: for {@link place}, one sample to its right, and one below. Directions where it is a cube map. */
  readonly #here = new Float64Array(3);
  readonly #right = new Float64Array(3);
  readonly #below = new Float64Array(3);
  readonly #footprint = new Float64Array(4);
  readonly #texel = new Float64Array(3);
  #rotations: Float64Array = new Float64Array(0);

  constructor(
    flat: FlatScene,
    vertices: ProjectedVertices,
    textures: SurfaceTextures,
    eye: Eye,
    lighting: Lighting,
  ) {
    this.#flat = flat;
    this.#vertices = vertices;
    this.#textures = textures;
    this.#eye = eye;
    this.#lighting = lighting;
    this.normal = this.#spot.subarray(3, 6);
  }

  /** Takes the poses of a picture. */
  restart({ geomRotations }: ScenePoses): void {
    this.#rotations = geomRotations;
  }

  /** Finds the normal of a triangle at {@link place}. */
  find(triangle: number): void {
    this.#weigh(triangle, true);
    const { triangles, normals, shapeOf, shapes } = this.#flat;
    const a = triangles[triangle * 3]! * 3;
    const b = triangles[triangle * 3 + 1]! * 3;
    const c = triangles[triangle * 3 + 2]! * 3;
    const wa = this.#weights[0]!;
    const wb = this.#weights[1]!;
    const wc = this.#weights[2]!;
    const ox = normals[a]! * wa + normals[b]! * wb + normals[c]! * wc;
    const oy = normals[a + 1]! * wa + normals[b + 1]! * wb + normals[c + 1]! * wc;
    const oz = normals[a + 2]! * wa + normals[b + 2]! * wb + normals[c + 2]! * wc;
    const r = this.#rotations;
    const m = shapes[shapeOf[triangle]!]!.geom * 9;
    const nx = r[m]! * ox + r[m + 1]! * oy + r[m + 2]! * oz;
    const ny = r[m + 3]! * ox + r[m + 4]! * oy + r[m + 5]! * oz;
    const nz = r[m + 6]! * ox + r[m + 7]! * oy + r[m + 8]! * oz;
    const scale = 1 / (Math.sqrt(nx * nx + ny * ny + nz * nz) || 1);
    this.normal[0] = nx * scale;
    this.normal[1] = ny * scale;
    this.normal[2] = nz * scale;
  }

  /** Lights a triangle's shape at {@link place} with {@link normal}. */
  light(triangle: number): void {
    const { material } = this.#flat.shapes[this.#flat.shapeOf[triangle]!]!;
    const spot = this.#spot;
    this.#eye.meet(this.place[0]!, this.place[1]!, 1 / this.place[2]!, spot);
    this.#lighting.light(material, spot);
    const { diffuse, gloss } = this.#lighting;
    const { colour } = this;
    for (let k = 0; k < 3; k++) colour[k] = diffuse[k]! * material.rgba[k]!;
    if (material.texture !== undefined) this.#tint(material.texture, triangle);
    for (let k = 0; k < 3; k++) colour[k]! += gloss[k]!;
  }

  /** Multiplies the colour by a texture's. */
  #tint(number: number, triangle: number): void {
    const texture = this.#textures.textures[number];
    const cube = this.#textures.cubes[number];
    const { uvs, directions } = this.#flat;
    const here = this.#here;
    const right = this.#right;
    const below = this.#below;
    if (texture) {
      this.#findAround(triangle, uvs, 2);
      const sides = this.#footprint;
      for (let k = 0; k < 2; k++) {
        sides[k] = right[k]! - here[k]!;
        sides[2 + k] = below[k]! - here[k]!;
      }
      texture.aim(sides);
      texture.look(here, 1, this.#texel);
    } else if (cube) {
      this.#findAround(triangle, directions, 3);
      cube.look(here, right, below, this.#texel);
    } else return;
    for (let k = 0; k < 3; k++) this.colour[k]! *= this.#texel[k]!;
  }

  /** Reads what vertices have at {@link place} and beside it. A picture's pixel is two samples wide at most; one sample is sharp enough here. */
  #findAround(triangle: number, values: Float32Array, width: 2 | 3): void {
    const { place } = this;
    this.#read(triangle, values, width, this.#here);
    place[0]! += 1;
    this.#read(triangle, values, width, this.#right);
    place[0]! -= 1;
    place[1]! += 1;
    this.#read(triangle, values, width, this.#below);
    place[1]! -= 1;
  }

  /** Beside a triangle its plane goes on: a texture would be bent where narrow triangles meet. */
  #read(triangle: number, values: Float32Array, width: 2 | 3, into: Float64Array): void {
    this.#weigh(triangle, false);
    const { triangles } = this.#flat;
    const a = triangles[triangle * 3]! * width;
    const b = triangles[triangle * 3 + 1]! * width;
    const c = triangles[triangle * 3 + 2]! * width;
    const wa = this.#weights[0]!;
    const wb = this.#weights[1]!;
    const wc = this.#weights[2]!;
    const sum = wa + wb + wc;
    for (let k = 0; k < width; k++)
      into[k] = (values[a + k]! * wa + values[b + k]! * wb + values[c + k]! * wc) / sum;
  }

  /** Weighs a triangle's corners at {@link place}, right in perspective; a place beside the triangle counts as its nearest edge when `within`. */
  #weigh(triangle: number, within: boolean): void {
    const { x: sx, y: sy, nearness } = this.#vertices;
    const { triangles } = this.#flat;
    const a = triangles[triangle * 3]!;
    const b = triangles[triangle * 3 + 1]!;
    const c = triangles[triangle * 3 + 2]!;
    const ax = sx[a]!;
    const ay = sy[a]!;
    const abx = sx[b]! - ax;
    const aby = sy[b]! - ay;
    const acx = sx[c]! - ax;
    const acy = sy[c]! - ay;
    const apx = this.place[0]! - ax;
    const apy = this.place[1]! - ay;
    // a triangle that was filled is clockwise as a, c, b: no area is below 0
    let wb = acx * apy - apx * acy;
    let wc = apx * aby - abx * apy;
    let wa = acx * aby - abx * acy - wb - wc;
    if (within) {
      if (wa < 0) wa = 0;
      if (wb < 0) wb = 0;
      if (wc < 0) wc = 0;
    }
    this.#weights[0] = wa * nearness[a]!;
    this.#weights[1] = wb * nearness[b]!;
    this.#weights[2] = wc * nearness[c]!;
  }
}
