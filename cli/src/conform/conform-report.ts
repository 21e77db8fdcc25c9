/** A rule of a port's contract, and how it was broken; `broken` is left out where it is kept. */
export interface HeldRule {
  readonly fact: string;
  readonly seconds: number;
  /** False for a rule about what the part does not offer, which is neither kept nor broken. */
  readonly offered: boolean;
  readonly broken?: string;
}

/** A section of a config, or the Python adapter in it, and its rules in the order in which they were checked. */
export interface HeldSection {
  /** `kind/name`, such as `simulator/plant`; `adapter/plant` is what is inside of that one. */
  readonly section: string;
  readonly plugin: string;
  readonly rules: readonly HeldRule[];
}

/** What `farsim conform` found out. */
export interface ConformReport {
  readonly farsim: 1;
  /** No rule was broken. */
  readonly ok: boolean;
  readonly sections: readonly HeldSection[];
  /** What could not be held to its contract, and why. */
  readonly notHeld: readonly { readonly section: string; readonly why: string }[];
}
