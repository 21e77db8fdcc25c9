import type { Conventions } from './conventions.ts';
import type { WorldSpec } from './world-spec.ts';

/** What is tried on a live simulator, in this order (docs/doctor.md). */
export const probeNames = [
  'names',
  'reading',
  'set and get',
  'bodies',
  'quaternion',
  'velocity',
  'kinematics',
  'finite',
  'seed',
  'partial reset',
  'pictures',
  'final state',
  'close',
] as const;
export type ProbeName = (typeof probeNames)[number];

export const probeOutcomes = ['passed', 'failed', 'not applicable'] as const;
export type ProbeOutcome = (typeof probeOutcomes)[number];

/** What one probe found. */
export interface ProbeResult {
  readonly probe: ProbeName;
  readonly outcome: ProbeOutcome;
  /** The worst that was measured and what would still pass; absent where nothing was measured. */
  readonly figure?: number;
  readonly allowed?: number;
  /** Of both; `''` for a count or a ratio. */
  readonly unit?: string;
  readonly seconds: number;
  /** One sentence: where the figure was found, or why there is none. */
  readonly said: string;
  /** What to do about a failure. */
  readonly wayOut?: string;
}

/** One simulator's probes. */
export interface ProbeReport {
  /** ISO 8601. */
  readonly at: string;
  /** SHA-256 of the spec as it was sent, hex. */
  readonly specHash: string;
  readonly seconds: number;
  readonly results: readonly ProbeResult[];
}

/** A simulator that was probed: by what another one is known to be the same, and what was found. */
export interface ProbedSimulator extends Pick<WorldSpec, 'sim' | 'task'> {
  readonly conventions: Conventions;
  readonly report: ProbeReport;
}

/** Decide whether states mean what the schema says. */
const deciding: ReadonlySet<ProbeName> = new Set(['quaternion', 'velocity', 'kinematics']);
const refuting: ReadonlySet<ProbeName> = new Set([...deciding, 'set and get', 'bodies']);

/** True: the conventions were tried and hold. False: one does not. Undefined: none could be tried. */
export function conventionsHold({ results }: ProbeReport): boolean | undefined {
  if (results.some(({ probe, outcome }) => refuting.has(probe) && outcome === 'failed')) return false;
  return results.some(({ probe, outcome }) => deciding.has(probe) && outcome === 'passed') || undefined;
}
