import { z } from 'zod';
import type { WorldSpec } from '../model/world-spec.ts';
import type { Controller } from '../ports/controller.ts';
import { definePlugin } from '../ports/plugin.ts';
import { actionElements, buildAction, type ActionElement } from './action-space.ts';
import { begun } from './zero-controller.ts';

export interface RandomOptions {
  readonly seed: number;
  readonly log?: (line: string) => void;
}

/**
 * Draws every number uniformly between its bounds, whole numbers with both ends, and from [−1, 1] where there are no bounds
 * (which it says once). The same seed draws the same numbers again, on every machine.
 */
export function createRandomController({ seed, log }: RandomOptions): Controller {
  const random = randomNumbers(seed);
  let world: WorldSpec | undefined;
  let elements: readonly ActionElement[] = [];
  return {
    begin: async (spec) => {
      if (!world && actionElements(spec).some(isUnbounded))
        log?.('random: some actions have no bounds; those are drawn from [-1, 1]');
      world = spec;
      elements = actionElements(spec).map(bounded);
    },
    act: async (frame) =>
      buildAction(begun(world), frame.envs.length, (_, i) => draw(elements[i]!, random())),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** Uniform numbers in [0, 1) by mulberry32. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function isUnbounded({ low, high }: ActionElement): boolean {
  return !Number.isFinite(low) || !Number.isFinite(high);
}

/** One open end is two away from the other. */
function bounded(element: ActionElement): ActionElement {
  const low = Number.isFinite(element.low)
    ? element.low
    : Number.isFinite(element.high)
      ? element.high - 2
      : -1;
  return { ...element, low, high: Number.isFinite(element.high) ? element.high : low + 2 };
}

function draw({ low, high, whole }: ActionElement, random: number): number {
  return whole ? low + Math.floor(random * (high - low + 1)) : low + random * (high - low);
}

export const randomController = definePlugin({
  kind: 'controller',
  name: 'random',
  summary: 'Uniform between the bounds; from [-1, 1] where there are none.',
  support: 'in CI',
  config: z
    .object({
      seed: z.int().min(0).max(0xffffffff).default(0).describe('The same seed draws the same actions.'),
    })
    .strict(),
  open: async ({ seed }, { log }) => createRandomController({ seed, log }),
});
