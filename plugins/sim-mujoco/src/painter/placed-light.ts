import type { SceneLight } from '../scene/scene.ts';
import type { ShadowMap } from './shadow-map.ts';

type Triple = readonly [number, number, number];

/** One light as it is in a picture; plain numbers, since each pixel reads them. */
export class PlacedLight {
  readonly directional: boolean;
  readonly spot: SceneLight | undefined;
  readonly spotEdge: number;
  readonly shadow: ShadowMap | undefined;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** Where its light comes from, unit. */
  readonly fromX: number;
  readonly fromY: number;
  readonly fromZ: number;
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  readonly glossRed: number;
  readonly glossGreen: number;
  readonly glossBlue: number;
  readonly constant: number;
  readonly linear: number;
  readonly quadratic: number;

  constructor(
    light: SceneLight | undefined,
    position: Triple,
    direction: Triple,
    diffuse: Triple,
    specular: Triple,
    shadow: ShadowMap | undefined,
  ) {
    this.directional = !light || light.kind === 'directional';
    this.spot = light?.kind === 'spot' && light.cutoff < Math.PI ? light : undefined;
    this.spotEdge = this.spot ? Math.cos(this.spot.cutoff) : -1;
    this.shadow = shadow;
    [this.x, this.y, this.z] = position;
    [this.fromX, this.fromY, this.fromZ] = [-direction[0], -direction[1], -direction[2]];
    [this.red, this.green, this.blue] = diffuse;
    [this.glossRed, this.glossGreen, this.glossBlue] = specular;
    [this.constant, this.linear, this.quadratic] = light?.attenuation ?? [1, 0, 0];
  }
}

/** OpenGL's spotlight, with an edge of some degrees instead of a hard one; `edge` is the cosine of its cutoff. */
export function spotShare(edge: number, exponent: number, inAxis: number): number {
  if (inAxis <= edge) return 0;
  const inner = (inAxis - edge) / (0.15 * (1 - edge) + 1e-9);
  return (exponent === 0 ? 1 : inAxis ** exponent) * (inner < 1 ? inner : 1);
}
