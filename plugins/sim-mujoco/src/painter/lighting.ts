import type { Scene, SceneLight, SceneMaterial } from '../scene/scene.ts';
import type { FlatScene } from './flat-scene.ts';
import type { PictureRequest } from './picture-request.ts';
import { ShadowMap } from './shadow-map.ts';

/** Lights of a scene that may throw shadows, the first ones. */
const mostShadows = 2;

/** One light as it is in a picture. */
interface PlacedLight {
  readonly light: SceneLight | undefined;
  readonly position: readonly [number, number, number];
  /** Where it shines. */
  readonly direction: readonly [number, number, number];
  readonly diffuse: readonly [number, number, number];
  readonly specular: readonly [number, number, number];
  readonly shadow: ShadowMap | undefined;
}

/** How MuJoCo's fixed lights shine on a surface, with soft shadows and an ambient light that is a little stronger from above. */
export class Lighting {
  /** The newest result: red, green, blue, not yet bounded by 1. */
  readonly colour = new Float64Array(3);
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
    const placed = this.#scene.lights.map((light): PlacedLight => ({
      light,
      position: triple(poses.lightPositions, light.light),
      direction: triple(poses.lightDirections, light.light),
      diffuse: light.diffuse,
      specular: light.specular,
      shadow: this.#maps.get(light),
    }));
    const { headlight } = this.#scene;
    const { axes, position } = camera;
    if (headlight)
      placed.push({
        ...headlight,
        light: undefined,
        position,
        direction: [-axes[2]!, -axes[5]!, -axes[8]!],
        shadow: undefined,
      });
    this.#lights = placed;
  }

  /** Lights a point with the unit normal `n`, seen from the unit direction `v`; `own` is the surface's colour. */
  light(
    { specular, shininess, emission }: SceneMaterial,
    own: Float64Array,
    px: number,
    py: number,
    pz: number,
    nx: number,
    ny: number,
    nz: number,
    vx: number,
    vy: number,
    vz: number,
  ): void {
    const above = 0.86 + 0.14 * nz;
    let r = this.#ambient[0] * above + emission;
    let g = this.#ambient[1] * above + emission;
    let b = this.#ambient[2] * above + emission;
    let glossR = 0;
    let glossG = 0;
    let glossB = 0;
    for (let i = 0; i < this.#lights.length; i++) {
      const { light, position, direction, diffuse, specular: gloss, shadow } = this.#lights[i]!;
      let lx = -direction[0];
      let ly = -direction[1];
      let lz = -direction[2];
      let strength = 1;
      if (light && light.kind !== 'directional') {
        const dx = position[0] - px;
        const dy = position[1] - py;
        const dz = position[2] - pz;
        const distance = Math.sqrt(dx * dx + dy * dy + dz * dz) || 1e-9;
        const inAxis = (lx * dx + ly * dy + lz * dz) / distance;
        lx = dx / distance;
        ly = dy / distance;
        lz = dz / distance;
        const fading = light.attenuation;
        strength = 1 / (fading[0] + fading[1] * distance + fading[2] * distance * distance);
        if (light.kind === 'spot') strength *= spotShare(light, inAxis);
        if (strength <= 0) continue;
      }
      const facing = nx * lx + ny * ly + nz * lz;
      if (facing <= 0) continue;
      if (shadow) strength *= shadow.visibility(px, py, pz, facing);
      if (strength === 0) continue;
      const share = strength * facing;
      r += diffuse[0] * share;
      g += diffuse[1] * share;
      b += diffuse[2] * share;
      if (specular === 0) continue;
      const hx = lx + vx;
      const hy = ly + vy;
      const hz = lz + vz;
      const inHalf = (nx * hx + ny * hy + nz * hz) / (Math.sqrt(hx * hx + hy * hy + hz * hz) || 1);
      if (inHalf < 0.5) continue;
      const highlight = strength * specular * inHalf ** Math.max(1, 128 * shininess);
      glossR += gloss[0] * highlight;
      glossG += gloss[1] * highlight;
      glossB += gloss[2] * highlight;
    }
    this.colour[0] = r * own[0]! + glossR;
    this.colour[1] = g * own[1]! + glossG;
    this.colour[2] = b * own[2]! + glossB;
  }
}

/** OpenGL's spotlight, with an edge of some degrees instead of a hard one. */
function spotShare({ cutoff, exponent }: SceneLight, inAxis: number): number {
  if (cutoff >= Math.PI) return 1;
  const edge = Math.cos(cutoff);
  if (inAxis <= edge) return 0;
  return inAxis ** exponent * Math.min(1, (inAxis - edge) / (0.15 * (1 - edge) + 1e-9));
}

function triple(from: Float64Array, index: number): [number, number, number] {
  return [from[index * 3]!, from[index * 3 + 1]!, from[index * 3 + 2]!];
}
