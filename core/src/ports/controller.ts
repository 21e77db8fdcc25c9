import type { Action, Frame } from '../model/frame.ts';
import type { Want } from '../model/want.ts';
import type { WorldSpec } from '../model/world-spec.ts';

/** Chooses actions: zero, random, scripted, recorded, a policy. */
export interface Controller extends AsyncDisposable {
  readonly needs?: Want;
  /** Called before the first frame of each round, counted from 0; throws when the action space is not one that it can serve. */
  begin?(spec: WorldSpec, round: number): Promise<void>;
  /** The action for the frame's envs, or several to be applied one after another; an empty list ends the round. */
  act(frame: Frame): Promise<Action | readonly Action[]>;
  /** Called with a round's last frame, on which nothing is done any more. */
  end?(frame: Frame): Promise<void>;
  /** What it found out about the run so far, for the run's summary: plain JSON. */
  report?(): Readonly<Record<string, unknown>>;
}
