import type { Action, Frame } from '../model/frame.ts';
import type { Want } from '../model/want.ts';
import type { WorldSpec } from '../model/world-spec.ts';

/** Chooses actions: zero, random, scripted, recorded, a policy. */
export interface Controller extends AsyncDisposable {
  readonly needs?: Want;
  /** Called once, before the first frame; throws when the action space is not one that it can serve. */
  begin?(spec: WorldSpec): Promise<void>;
  /** The action for the frame's envs, or several to be applied one after another. */
  act(frame: Frame): Promise<Action | readonly Action[]>;
}
