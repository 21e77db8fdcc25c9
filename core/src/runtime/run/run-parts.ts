import type { DependencyContainer } from 'tsyringe';
import type { Recording } from '../../ports/recorder.ts';
import type { Simulator } from '../../ports/simulator.ts';
import type { ReplayProgress } from '../../rollout/replay.ts';
import type { RolloutProgress } from '../../rollout/rollout-options.ts';
import type { PipelinePlan } from '../plan/pipeline-plan.ts';
import type { PipelineHooks } from '../ports/ports-opener.ts';
import type { RunPhase } from './run-summary.ts';

export interface RunHooks extends Partial<PipelineHooks> {
  /** Called when the run begins to step and to replay. */
  readonly onPhase?: (phase: RunPhase) => void;
  readonly onStep?: (progress: RolloutProgress) => void;
  readonly onReplay?: (progress: ReplayProgress) => void;
  /** Ends the driven simulator once it was driven, so that a far machine is free while the recording is replayed. It cannot run again then. */
  readonly closeDriven?: boolean;
  /** The folder of an unfinished run of the same config: goes on with it ({@link reopenRun}). */
  readonly resume?: string | undefined;
}

/** A line and when it was said. */
export interface TimedLine {
  readonly time: Date;
  readonly text: string;
}

export interface RunParts {
  readonly plan: PipelinePlan;
  /** The pipeline's, in which its simulators are. */
  readonly container: DependencyContainer;
  readonly simulator: (name?: string) => Simulator;
  readonly recording: (path: string) => Promise<Recording>;
  /** What the parts said while they were opened. */
  readonly starting: readonly TimedLine[];
  /** Hears what they say from now on: a lost link, a warning of the far side. */
  readonly listen: (heard: ((text: string) => void) | undefined) => void;
  readonly hooks: PipelineHooks & RunHooks;
}
