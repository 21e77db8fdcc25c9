import { z } from 'zod';
import type { WorldSpec } from '../model/world-spec.ts';
import type { Controller } from '../ports/controller.ts';
import { definePlugin } from '../ports/plugin.ts';
import { actionElements, buildAction, clampTo, type ActionElement } from './action-space.ts';
import { begun } from './zero-controller.ts';

export interface SineOptions {
  /** Share of each number's range that is swept. */
  readonly amplitude: number;
  /** Hertz, in simulated time. */
  readonly frequency: number;
}

/** Swings every number about the middle of its bounds ([−1, 1] where there are none), each a little later than the one before; begins at the middle. */
export function createSineController({ amplitude, frequency }: SineOptions): Controller {
  let world: WorldSpec | undefined;
  let elements: readonly ActionElement[] = [];
  return {
    begin: async (spec) => {
      world = spec;
      elements = actionElements(spec);
    },
    act: async (frame) =>
      buildAction(begun(world), frame.envs.length, (row, i) => {
        const element = elements[i]!;
        const limited = Number.isFinite(element.low) && Number.isFinite(element.high);
        const [middle, half] = limited
          ? [(element.low + element.high) / 2, (element.high - element.low) / 2]
          : [0, 1];
        const lag = i / elements.length;
        const swing = Math.sin(2 * Math.PI * frequency * Math.max(0, frame.time[row]! - lag / frequency));
        return clampTo(element, middle + amplitude * half * swing);
      }),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

export const sineController = definePlugin({
  kind: 'controller',
  name: 'sine',
  summary: 'Swings every number about the middle of its range.',
  support: 'in CI',
  config: z
    .object({
      amplitude: z.number().min(0).max(1).default(0.5).describe('Share of the range that is swept.'),
      frequency: z.number().positive().default(0.5).describe('Hertz, in simulated time.'),
    })
    .strict(),
  open: async (config) => createSineController(config),
});
