import { z } from 'zod';
import { FarsimError } from '../model/errors.ts';
import type { WorldSpec } from '../model/world-spec.ts';
import type { Controller } from '../ports/controller.ts';
import { definePlugin } from '../ports/plugin.ts';
import { actionElements, buildAction, clampTo } from './action-space.ts';

/** Sends zero, or the bound nearest to it. */
export function createZeroController(): Controller {
  let world: WorldSpec | undefined;
  let values: readonly number[] = [];
  return {
    begin: async (spec) => {
      world = spec;
      values = actionElements(spec).map((element) => clampTo(element, 0));
    },
    act: async (frame) => buildAction(begun(world), frame.envs.length, (_, i) => values[i]!),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** The spec that `begin` gave. Throws BAD_ARGUMENT when it was never called. */
export function begun(spec: WorldSpec | undefined): WorldSpec {
  if (!spec) throw new FarsimError('BAD_ARGUMENT', 'a controller must be begun with a spec before it acts');
  return spec;
}

export const zeroController = definePlugin({
  kind: 'controller',
  name: 'zero',
  summary: 'Zero, or the bound nearest to it.',
  support: 'in CI',
  config: z.object({}).strict(),
  open: async () => createZeroController(),
});
