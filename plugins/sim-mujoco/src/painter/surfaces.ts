import type { Eye } from './eye.ts';
import type { FlatScene } from './flat-scene.ts';
import type { ProjectedVertices } from './fill-shapes.ts';
import type { Lighting } from './lighting.ts';
import type { ScenePoses } from './picture-request.ts';
import type { TextureSampler } from './texture-sampler.ts';

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
  readonly #textures: readonly (TextureSampler | undefined)[];
  readonly #eye: Eye;
  readonly #lighting: Lighting;
  /** Of a triangle's corners, with any sum. */
  readonly #weights = new Float64Array(3);
  /** What is lit: a point, its normal and the direction to the eye. */
  readonly #spot = new Float64Array(9);
  /** On a texture: a place, the sides of what is looked through, and the colour. */
  readonly #uv = new Float64Array(2);
  readonly #footprint = new Float64Array(4);
  readonly #texel = new Float64Array(3);
  #rotations: Float64Array = new Float64Array(0);

  constructor(
    flat: FlatScene,
    vertices: ProjectedVertices,
    textures: readonly (TextureSampler | undefined)[],
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
    if (material.texture !== undefined) this.#tint(this.#textures[material.texture], triangle);
    for (let k = 0; k < 3; k++) colour[k]! += gloss[k]!;
  }

  /** Multiplies the colour by a texture's. */
  #tint(texture: TextureSampler | undefined, triangle: number): void {
    if (!texture) return;
    const { place } = this;
    const uv = this.#uv;
    const sides = this.#footprint;
    this.#findUv(triangle, true);
    const [u, v] = [uv[0]!, uv[1]!];
    // a picture's pixel is two samples wide at most; one sample is sharp enough here
    for (let k = 0; k < 2; k++) {
      place[k]! += 1;
      this.#findUv(triangle, false);
      sides[2 * k] = uv[0]! - u;
      sides[2 * k + 1] = uv[1]! - v;
      place[k]! -= 1;
    }
    uv[0] = u;
    uv[1] = v;
    texture.aim(sides);
    texture.look(uv, 1, this.#texel);
    for (let k = 0; k < 3; k++) this.colour[k]! *= this.#texel[k]!;
  }

  #findUv(triangle: number, within: boolean): void {
    const { triangles, uvs } = this.#flat;
    this.#weigh(triangle, within);
    let [u, v, sum] = [0, 0, 0];
    for (let k = 0; k < 3; k++) {
      const corner = triangles[triangle * 3 + k]! * 2;
      const weight = this.#weights[k]!;
      u += uvs[corner]! * weight;
      v += uvs[corner + 1]! * weight;
      sum += weight;
    }
    this.#uv[0] = u / sum;
    this.#uv[1] = v / sum;
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
