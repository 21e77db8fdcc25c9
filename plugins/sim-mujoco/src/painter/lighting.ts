import type { Scene, SceneLight, SceneMaterial } from '../scene/scene.ts';
import type { FlatScene } from './flat-scene.ts';
import type { PictureRequest } from './picture-request.ts';
import { PlacedLight, spotShare } from './placed-light.ts';
import { ShadowMap } from './shadow-map.ts';

/** Lights of a scene that may throw shadows, the first ones. */
const mostShadows = 2;

/** Exponents of e below which a highlight cannot be seen. */
const faintest = 8;

/** How MuJoCo's fixed lights shine on a surface, with soft shadows and an ambient light that is a little stronger from above. */
export class Lighting {
  /** The newest result, red, green, blue: what a surface's own colour is multiplied by, and the highlight on top of it. */
  readonly diffuse = new Float64Array(3);
  readonly gloss = new Float64Array(3);
  readonly #scene: Scene;
  readonly #maps = new Map<SceneLight, ShadowMap>();
  readonly #ambient: [number, number, number];
  #lights: readonly PlacedLight[] = [];

  constructor(flat: FlatScene) {
    this.#scene = flat.scene;
    for (const light of flat.scene.lights) {
      if (light.castsShadow && this.#maps.size < mostShadows) this.#maps.set(light, new ShadowMap(flat));
    }
    const ambients = [
      ...flat.scene.lights.map(({ ambient }) => ambient),
      this.#scene.headlight?.ambient ?? [0, 0, 0],
    ];
    this.#ambient = [0, 1, 2].map((k) => ambients.reduce((sum, ambient) => sum + ambient[k]!, 0)) as [
      number,
      number,
      number,
    ];
  }

  /** Of the scene, metres. */
  get extent(): number {
    return this.#scene.extent;
  }

  /** Takes the poses of a picture and draws its shadows. */
  prepare(flat: FlatScene, { poses, camera }: PictureRequest): void {
    for (const [light, map] of this.#maps) map.draw(flat, light, poses);
    const placed = this.#scene.lights.map(
      (light) =>
        new PlacedLight(
          light,
          triple(poses.lightPositions, light.light),
          triple(poses.lightDirections, light.light),
          light.diffuse,
          light.specular,
          this.#maps.get(light),
        ),
    );
    const { headlight } = this.#scene;
    const { axes, position } = camera;
    if (headlight) {
      const ahead = [-axes[2]!, -axes[5]!, -axes[8]!] as const;
      placed.push(
        new PlacedLight(undefined, position, ahead, headlight.diffuse, headlight.specular, undefined),
      );
    }
    this.#lights = placed;
  }

  /** Whether no shadow falls between four points `[4, 3]` in a plane. May say no where none does. */
  isFreeOfShadows(corners: Float64Array): boolean {
    for (const { shadow } of this.#lights) {
      if (shadow && !shadow.isFree(corners)) return false;
    }
    return true;
  }

  /** Lights a spot `[3, 3]`: a point, its unit normal and the unit direction to the eye. */
  light({ specular, shininess, emission }: SceneMaterial, spot: Float64Array): void {
    const nx = spot[3]!;
    const ny = spot[4]!;
    const nz = spot[5]!;
    const above = 0.86 + 0.14 * nz;
    let r = this.#ambient[0] * above + emission;
    let g = this.#ambient[1] * above + emission;
    let b = this.#ambient[2] * above + emission;
    let glossR = 0;
    let glossG = 0;
    let glossB = 0;
    const lights = this.#lights;
    const exponent = Math.max(1, 128 * shininess);
    for (let i = 0; i < lights.length; i++) {
      const light = lights[i]!;
      let lx = light.fromX;
      let ly = light.fromY;
      let lz = light.fromZ;
      let strength = 1;
      if (!light.directional) {
        const dx = light.x - spot[0]!;
        const dy = light.y - spot[1]!;
        const dz = light.z - spot[2]!;
        const distance = Math.sqrt(dx * dx + dy * dy + dz * dz) || 1e-9;
        const inAxis = (lx * dx + ly * dy + lz * dz) / distance;
        lx = dx / distance;
        ly = dy / distance;
        lz = dz / distance;
        strength = 1 / (light.constant + light.linear * distance + light.quadratic * distance * distance);
        if (light.spot) strength *= spotShare(light.spotEdge, light.spot.exponent, inAxis);
        if (strength <= 0) continue;
      }
      const facing = nx * lx + ny * ly + nz * lz;
      if (facing <= 0) continue;
      if (light.shadow) strength *= light.shadow.visibility(spot, facing);
      if (strength === 0) continue;
      const share = strength * facing;
      r += light.red * share;
      g += light.green * share;
      b += light.blue * share;
      if (specular === 0) continue;
      const hx = lx + spot[6]!;
      const hy = ly + spot[7]!;
      const hz = lz + spot[8]!;
      const inHalf = (nx * hx + ny * hy + nz * hz) / (Math.sqrt(hx * hx + hy * hy + hz * hz) || 1);
      if (inHalf < 0.5 || exponent * (1 - inHalf) > faintest) continue;
      const highlight = strength * specular * inHalf ** exponent;
      glossR += light.glossRed * highlight;
      glossG += light.glossGreen * highlight;
      glossB += light.glossBlue * highlight;
    }
    this.diffuse[0] = r;
    this.diffuse[1] = g;
    this.diffuse[2] = b;
    this.gloss[0] = glossR;
    this.gloss[1] = glossG;
    this.gloss[2] = glossB;
  }
}

function triple(from: Float64Array, index: number): [number, number, number] {
  return [from[index * 3]!, from[index * 3 + 1]!, from[index * 3 + 2]!];
}
