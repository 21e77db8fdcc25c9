import type { FlatScene } from './flat-scene.ts';
import type { ProjectedVertices } from './fill-shapes.ts';
import type { Lighting } from './lighting.ts';
import type { ScenePoses } from './picture-request.ts';
import type { Projection } from './projection.ts';
import type { TextureSampler } from './texture-sampler.ts';

/** What a triangle is at a place of the buffer, and how it is lit there. */
export class Surfaces {
  /** The newest result of {@link light}: red, green, blue, not yet bounded. */
  readonly colour = new Float64Array(3);
  /** The newest result of {@link find}: unit normal in the world. */
  nx = 0;
  ny = 0;
  nz = 0;
  readonly #flat: FlatScene;
  readonly #vertices: ProjectedVertices;
  readonly #textures: readonly (TextureSampler | undefined)[];
  /** Of a texture. */
  readonly #place = new Float64Array(2);
  readonly #texel = new Float64Array(3);
  readonly #lighting: Lighting;
  /** Weights of a triangle's corners at the newest place. */
  readonly #weights = new Float64Array(3);
  #projection: Projection | undefined;
  #rotations = new Float64Array(0);

  constructor(
    flat: FlatScene,
    vertices: ProjectedVertices,
    textures: readonly (TextureSampler | undefined)[],
    lighting: Lighting,
  ) {
    this.#lighting = lighting;
    this.#flat = flat;
    this.#vertices = vertices;
    this.#textures = textures;
  }

  place(poses: ScenePoses, projection: Projection): void {
    this.#rotations = poses.geomRotations as Float64Array<ArrayBuffer>;
    this.#projection = projection;
  }

  /** Finds the normal of a triangle at a place of the buffer. */
  find(triangle: number, x: number, y: number): void {
    const { triangles, normals, shapeOf, shapes } = this.#flat;
    const a = triangles[triangle * 3]! * 3;
    const b = triangles[triangle * 3 + 1]! * 3;
    const c = triangles[triangle * 3 + 2]! * 3;
    this.#weigh(triangle, x, y);
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
    const length = Math.sqrt(nx * nx + ny * ny + nz * nz) || 1;
    this.nx = nx / length;
    this.ny = ny / length;
    this.nz = nz / length;
  }

  /** Lights a place on a triangle's shape with a normal that {@link find} gave or a mean of such. */
  light(triangle: number, x: number, y: number, near: number, nx: number, ny: number, nz: number): void {
    const { material } = this.#flat.shapes[this.#flat.shapeOf[triangle]!]!;
    const { origin, right, down, forward, scaleX, scaleY, centreX, centreY } = this.#projection!;
    const u = (x - centreX) / scaleX;
    const v = (y - centreY) / scaleY;
    const rx = forward[0] + right[0] * u + down[0] * v;
    const ry = forward[1] + right[1] * u + down[1] * v;
    const rz = forward[2] + right[2] * u + down[2] * v;
    const length = Math.sqrt(rx * rx + ry * ry + rz * rz);
    const distance = 1 / near;
    const lighting = this.#lighting;
    lighting.light(
      material,
      origin[0] + rx * distance,
      origin[1] + ry * distance,
      origin[2] + rz * distance,
      nx,
      ny,
      nz,
      -rx / length,
      -ry / length,
      -rz / length,
    );
    const { colour } = this;
    const { rgba } = material;
    const { diffuse, gloss } = lighting;
    const texture = material.texture === undefined ? undefined : this.#textures[material.texture];
    if (texture) this.#lookUp(texture, triangle, x, y);
    for (let k = 0; k < 3; k++) {
      const own = texture ? rgba[k]! * this.#texel[k]! : rgba[k]!;
      colour[k] = diffuse[k]! * own + gloss[k]!;
    }
  }

  #lookUp(texture: TextureSampler, triangle: number, x: number, y: number): void {
    const { triangles, uvs } = this.#flat;
    const at = (): [number, number] => {
      let [u, v] = [0, 0];
      for (let k = 0; k < 3; k++) {
        const corner = triangles[triangle * 3 + k]! * 2;
        u += uvs[corner]! * this.#weights[k]!;
        v += uvs[corner + 1]! * this.#weights[k]!;
      }
      return [u, v];
    };
    this.#weigh(triangle, x + 1, y, false);
    const [ur, vr] = at();
    this.#weigh(triangle, x, y + 1, false);
    const [ud, vd] = at();
    this.#weigh(triangle, x, y);
    const [u, v] = at();
    // a picture's pixel is two samples wide at most; one sample is sharp enough here
    texture.aim(ur - u, vr - v, ud - u, vd - v);
    this.#place[0] = u;
    this.#place[1] = v;
    texture.look(this.#place, 1, this.#texel);
  }

  /** Corner weights at a place, right in perspective; a place beside the triangle counts as its nearest edge when `within`. */
  #weigh(triangle: number, x: number, y: number, within = true): void {
    const { x: sx, y: sy, nearness } = this.#vertices;
    const { triangles } = this.#flat;
    const a = triangles[triangle * 3]!;
    const b = triangles[triangle * 3 + 1]!;
    const c = triangles[triangle * 3 + 2]!;
    const ax = sx[a]!;
    const ay = sy[a]!;
    const bx = sx[b]!;
    const by = sy[b]!;
    const cx = sx[c]!;
    const cy = sy[c]!;
    const area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
    let wb = ((x - ax) * (cy - ay) - (cx - ax) * (y - ay)) / area;
    let wc = ((bx - ax) * (y - ay) - (x - ax) * (by - ay)) / area;
    let wa = 1 - wb - wc;
    if (within && (wa < 0 || wb < 0 || wc < 0)) {
      wa = Math.max(0, wa);
      wb = Math.max(0, wb);
      wc = Math.max(0, wc);
    }
    wa *= nearness[a]!;
    wb *= nearness[b]!;
    wc *= nearness[c]!;
    const sum = wa + wb + wc;
    this.#weights[0] = wa / sum;
    this.#weights[1] = wb / sum;
    this.#weights[2] = wc / sum;
  }
}
