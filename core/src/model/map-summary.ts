/** A bound map in short, as runs and recordings keep it. */
export interface MapSummary {
  /** `auto`, `builtin:franka` or the file. */
  readonly name: string;
  /** SHA-256, hex, of `entities`: equal maps of equal robots have equal hashes. */
  readonly hash: string;
  /** By entity of the side that states come from. */
  readonly entities: Readonly<Record<string, PairSummary>>;
  /** What the two sides do not share, one sentence each. */
  readonly remarks: readonly string[];
}

export interface PairSummary {
  /** The other side's entity. */
  readonly to: string;
  /** For each joint and body there its row in the state, −1 where the state has none. */
  readonly joints: readonly number[];
  readonly bodies: readonly number[];
  /** Joints there whose q is gain × q + shift, by name. */
  readonly turned?: Readonly<Record<string, readonly [gain: number, shift: number]>>;
  /** Joints there that follow another, by name. */
  readonly follow?: Readonly<Record<string, string>>;
}
