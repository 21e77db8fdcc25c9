/** Bytes of observations in a reply, and how many samples show its tail. */
export const replySizes = [
  { bytes: 480, samples: 20_000 },
  { bytes: 64 << 10, samples: 10_000 },
  { bytes: 1 << 20, samples: 1_000 },
] as const;
