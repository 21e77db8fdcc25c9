import type { ProbeName } from '../model/probe-report.ts';
import type { Simulator } from '../ports/simulator.ts';
import type { ProbedSimulator } from './probed-simulator.ts';

/** One thing that is tried. Throws what the simulator throws, which is a failure too. */
export interface Probe {
  readonly name: ProbeName;
  /** What to do when it fails. */
  readonly wayOut: string;
  readonly run: (subject: ProbedSimulator, openTwin: OpenTwin | undefined) => Promise<Finding>;
}

/** The near engine with the simulator's own model, its states under the simulator's names. */
export type OpenTwin = () => Promise<Simulator>;

export type Finding = Measured | NotApplicable;

export interface Measured {
  readonly figure: number;
  readonly allowed: number;
  readonly unit: string;
  readonly said: string;
}

export interface NotApplicable {
  readonly notApplicable: string;
}
