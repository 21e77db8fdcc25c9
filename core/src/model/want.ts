/** What a consumer needs from frames. The rollout sends the union of its consumers' once; a step may override it. */
export interface Want {
  readonly state?: boolean;
  /** Body poses: on every frame, on each episode's first and last, or never (default). */
  readonly bodies?: 'never' | 'episodeStart' | 'always';
  readonly images?: ImageWant;
  /** Rows whose state and images are wanted; absent is all. */
  readonly envs?: Int32Array;
}

export interface ImageWant {
  readonly cameras: readonly string[];
  /** One image in so many ticks. */
  readonly every: number;
  readonly encoding: 'raw' | 'jpeg' | 'png';
}

const bodyOrder = ['never', 'episodeStart', 'always'] as const;

/** The least wish that satisfies both; where two want images differently, the richer wins (raw over encoded, more often over less). */
export function unionOfWants(a: Want | undefined, b: Want | undefined): Want {
  if (!a || !b) return a ?? b ?? {};
  const bodies =
    bodyOrder[Math.max(bodyOrder.indexOf(a.bodies ?? 'never'), bodyOrder.indexOf(b.bodies ?? 'never'))]!;
  const images = a.images && b.images ? unionOfImageWants(a.images, b.images) : (a.images ?? b.images);
  const envs = a.envs && b.envs ? Int32Array.from(new Set([...a.envs, ...b.envs])).toSorted() : undefined;
  return { state: Boolean(a.state || b.state), bodies, ...(images && { images }), ...(envs && { envs }) };
}

function unionOfImageWants(a: ImageWant, b: ImageWant): ImageWant {
  return {
    cameras: [...new Set([...a.cameras, ...b.cameras])],
    every: greatestCommonDivisor(a.every, b.every),
    encoding: a.encoding === b.encoding ? a.encoding : 'raw',
  };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
