import type { SceneTexture } from '../scene/scene.ts';
import { TextureSampler } from './texture-sampler.ts';

/** Texels from an edge within which a face would show its opposite edge. */
const edge = 0.5;

/** A cube map on a shape, each face in all sizes down to its mean. */
export class CubeSampler {
  readonly #faces: readonly TextureSampler[];
  readonly #inset: number;
  readonly #place = new Float64Array(2);
  readonly #beside = new Float64Array(2);
  readonly #sides = new Float64Array(4);

  constructor({ width, channels, data }: SceneTexture) {
    const length = width * width * channels;
    this.#faces = Array.from(
      { length: 6 },
      (_, face) =>
        new TextureSampler({
          kind: 'flat',
          width,
          height: width,
          channels,
          data: data.subarray(face * length, (face + 1) * length),
        }),
    );
    this.#inset = edge / width;
  }

  /** Looks along a direction of any length, through a footprint whose sides go to the directions `right` and `below`. */
  look(direction: Float64Array, right: Float64Array, below: Float64Array, texel: Float64Array): void {
    const face = faceOf(direction);
    const sampler = this.#faces[face]!;
    const place = this.#place;
    const beside = this.#beside;
    const sides = this.#sides;
    placeOn(face, direction, place);
    for (let side = 0; side < 2; side++) {
      placeOn(face, side === 0 ? right : below, beside);
      for (let k = 0; k < 2; k++) sides[side * 2 + k] = beside[k]! - place[k]!;
    }
    sampler.aim(sides);
    for (let k = 0; k < 2; k++) place[k] = Math.min(1 - this.#inset, Math.max(this.#inset, place[k]!));
    sampler.look(place, 1, texel);
  }
}

/** OpenGL's order: +X −X +Y −Y +Z −Z. */
function faceOf([x, y, z]: Float64Array): number {
  const [ax, ay, az] = [Math.abs(x!), Math.abs(y!), Math.abs(z!)];
  if (ax >= ay && ax >= az) return x! > 0 ? 0 : 1;
  if (ay >= az) return y! > 0 ? 2 : 3;
  return z! > 0 ? 4 : 5;
}

/** OpenGL's rule for cube maps: where a direction falls on a face, 0 to 1 within it. */
function placeOn(face: number, [x, y, z]: Float64Array, place: Float64Array): void {
  const axis = face >> 1;
  const side = face & 1 ? -1 : 1;
  const depth = Math.max(1e-9, Math.abs(axis === 0 ? x! : axis === 1 ? y! : z!));
  const across = axis === 0 ? -side * z! : axis === 1 ? x! : side * x!;
  const down = axis === 1 ? side * z! : -y!;
  place[0] = (across / depth + 1) / 2;
  place[1] = (down / depth + 1) / 2;
}
