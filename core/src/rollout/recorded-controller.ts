import { z } from 'zod';
import { FarsimError } from '../model/errors.ts';
import type { Action } from '../model/frame.ts';
import type { Controller } from '../ports/controller.ts';
import { definePlugin } from '../ports/plugin.ts';
import type { RecordedRow, Recording } from '../ports/recorder.ts';
import { createDivergence } from './divergence.ts';

/**
 * Applies a recording's actions again, round after round, and measures how far the new joints go from the recorded ones:
 * a measurement, never a claim that they are equal. A round ends with the recorded one. Owns the recording.
 */
export function createRecordedController(recording: Recording): Controller {
  const divergence = createDivergence();
  let rows: AsyncIterator<RecordedRow> | undefined;
  let current: RecordedRow | undefined;
  const advance = async (): Promise<void> => {
    const next = await rows!.next();
    current = next.done ? undefined : next.value;
  };
  return {
    needs: { state: true },
    begin: async (spec, round) => {
      const header = recording.rounds[round];
      rows = undefined;
      current = undefined;
      if (!header) return;
      if (header.spec.num_envs !== spec.num_envs) {
        throw new FarsimError(
          'BAD_ARGUMENT',
          `the recording has ${header.spec.num_envs} envs and the simulator ${spec.num_envs}`,
        );
      }
      divergence.begin(header.spec, spec);
      rows = recording.rows(header.round)[Symbol.asyncIterator]();
      await advance();
    },
    act: async (frame): Promise<Action | readonly Action[]> => {
      if (!current) return [];
      divergence.compare(current.frame, frame);
      await advance();
      return current?.action ?? [];
    },
    end: async (frame) => {
      if (current) divergence.compare(current.frame, frame);
      await rows?.return?.();
    },
    report: () => ({ divergence: divergence.report() }),
    [Symbol.asyncDispose]: () => recording[Symbol.asyncDispose](),
  };
}

export const recordedController = definePlugin({
  kind: 'controller',
  name: 'recorded',
  summary: 'The actions of a recording again, with how far the joints then differ.',
  support: 'in CI',
  config: z.object({ run: z.string().describe('A run’s folder or recording.') }).strict(),
  asksFor: ({ run }) => ({ run }),
  open: async ({ run }, { recording }) => createRecordedController(await recording(run)),
});
