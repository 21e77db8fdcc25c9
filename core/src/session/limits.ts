/** What is refused before anything of the claimed size is allocated (docs/protocol.md, "Limits"). */
export const wireLimits = {
  headerBytes: 1 << 20,
  frameBytes: 256 << 20,
  /** Until HELLO is accepted. */
  unacceptedFrameBytes: 64 << 10,
  tensorsPerLayout: 1024,
  rank: 8,
  nameBytes: 256,
  liveLayouts: 256,
} as const;

/** Timers of more milliseconds overflow and fire at once. */
export const longestTimerMs = 2 ** 31 - 1;

export const protocolVersion = { oldest: 1, newest: 1 } as const;

/** Written for a first dimension that differs from block to block. */
export const openDimension = 0xffffffff;
