import type { Layers } from './native-picture.ts';

export interface Agreement {
  /** Overlap over union of all that is no plane and no background. */
  readonly silhouette: number;
  /** The same of each single geom that has at least {@link leastPixels} in one of the pictures. */
  readonly geoms: ReadonlyMap<number, number>;
  /** Median of the relative error where both see the same geom. */
  readonly depth: number;
}

/** A geom with fewer pixels is mostly edge. */
const leastPixels = 60;

/** Compares two renderers' layers; `planes` are the geoms that count as background. */
export function agreementOf(
  own: Pick<Layers, 'depth' | 'geoms'>,
  native: Layers,
  planes: ReadonlySet<number>,
): Agreement {
  const isSolid = (geom: number): boolean => geom >= 0 && !planes.has(geom);
  let [both, either] = [0, 0];
  const errors: number[] = [];
  const seen = new Map<number, { own: number; native: number; both: number }>();
  const countsOf = (geom: number): { own: number; native: number; both: number } => {
    const counts = seen.get(geom) ?? { own: 0, native: 0, both: 0 };
    seen.set(geom, counts);
    return counts;
  };
  own.geoms.forEach((geom, i) => {
    const other = native.geoms[i]!;
    if (isSolid(geom) && isSolid(other)) both++;
    if (isSolid(geom) || isSolid(other)) either++;
    countsOf(geom).own++;
    countsOf(other).native++;
    if (geom !== other) return;
    countsOf(geom).both++;
    if (geom >= 0) errors.push(Math.abs(own.depth[i]! / native.depth[i]! - 1));
  });
  const geoms = [...seen].filter(
    ([geom, counts]) => isSolid(geom) && Math.max(counts.own, counts.native) >= leastPixels,
  );
  return {
    silhouette: both / either,
    geoms: new Map(geoms.map(([geom, { own, native, both }]) => [geom, both / (own + native - both)])),
    depth: errors.toSorted((a, b) => a - b)[errors.length >> 1] ?? Infinity,
  };
}

/** Mean error of a channel of each geom's pixels, of 255; geoms of fewer than {@link leastPixels} are left out. */
export function colourErrors(
  own: Uint8Array,
  { colours, geoms }: Layers,
  ownGeoms: Int32Array,
): ReadonlyMap<number, number> {
  const sums = new Map<number, { error: number; pixels: number }>();
  geoms.forEach((geom, i) => {
    if (geom < 0 || geom !== ownGeoms[i]) return;
    const sum = sums.get(geom) ?? { error: 0, pixels: 0 };
    sums.set(geom, sum);
    sum.pixels++;
    for (let k = i * 3; k < i * 3 + 3; k++) sum.error += Math.abs(own[k]! - colours[k]!) / 3;
  });
  const large = [...sums].filter(([, { pixels }]) => pixels >= leastPixels);
  return new Map(large.map(([geom, { error, pixels }]) => [geom, error / pixels]));
}
