import type { AnyPlugin } from '../ports/plugin.ts';
import { keyframesController } from './keyframes-controller.ts';
import { randomController } from './random-controller.ts';
import { recordedController } from './recorded-controller.ts';
import { sineController } from './sine-controller.ts';
import { zeroController } from './zero-controller.ts';

/** Controllers that every farsim has. */
export const builtInControllers: readonly AnyPlugin[] = [
  zeroController,
  randomController,
  sineController,
  keyframesController,
  recordedController,
] as unknown as readonly AnyPlugin[];
