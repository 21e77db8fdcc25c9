import path from 'node:path';
import { z } from 'zod';
import { FarsimError } from '../model/errors.ts';
import type { Action, Frame, ResetOptions } from '../model/frame.ts';
import { tensorsEqual } from '../model/tensor.ts';
import { flattenTree } from '../model/tree.ts';
import type { Visuals } from '../model/visuals.ts';
import type { Capability, WorldSpec } from '../model/world-spec.ts';
import { definePlugin } from '../ports/plugin.ts';
import type { RecordedRow, Recording } from '../ports/recorder.ts';
import type { Simulator } from '../ports/simulator.ts';
import { readScene } from './kept-scene.ts';

const kept: ReadonlySet<Capability> = new Set([
  'bodies',
  'finalState',
  'finalObservations',
  'finalInfo',
  'deterministic',
]);

export interface RecordedOptions {
  /** Throw VERIFICATION_FAILED at an action that is not the recorded one. */
  readonly checkActions?: boolean;
  /** What the recorded scene looked like, where it was kept. */
  readonly visuals?: Visuals;
}

/**
 * A simulator that gives a recording's frames again, whatever the actions: each reset begins the next round, or the one that
 * `options.round` names; each step gives the next row. Throws EPISODE_LOST past a round's last row and where rows are lost, BAD_ARGUMENT when no
 * round is left. Owns the recording.
 */
export function recorded(recording: Recording, options: RecordedOptions = {}): Simulator {
  const simulator = new RecordedSimulator(recording, options);
  const { visuals } = options;
  return visuals ? Object.assign(simulator, { visuals: async () => visuals }) : simulator;
}

class RecordedSimulator implements Simulator {
  readonly spec: WorldSpec;
  readonly #recording: Recording;
  readonly #checkActions: boolean;
  #next = 0;
  #round = 0;
  #rows: AsyncIterator<RecordedRow> | undefined;
  #nextNumber = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(recording: Recording, { checkActions = false, visuals }: RecordedOptions) {
    const [first] = recording.rounds;
    if (!first) throw new FarsimError('RECORDING_INVALID', 'the recording has no round');
    this.spec = {
      ...first.spec,
      capabilities: [
        ...first.spec.capabilities.filter((capability) => kept.has(capability)),
        ...(visuals ? ['visuals' as const] : []),
      ],
    };
    this.#recording = recording;
    this.#checkActions = checkActions;
  }

  reset({ options, envs }: ResetOptions = {}): Promise<Frame> {
    if (envs)
      throw new FarsimError('UNSUPPORTED', 'a recorded round can only be begun for all envs together');
    return this.#inTurn(async () => {
      const wanted = options?.round;
      const at =
        wanted === undefined ? this.#next : this.#recording.rounds.findIndex(({ round }) => round === wanted);
      const header = this.#recording.rounds[at];
      if (!header) {
        const count = this.#recording.rounds.length;
        throw new FarsimError(
          'BAD_ARGUMENT',
          `the recording has no ${wanted === undefined ? 'further' : `such`} round; it has ${count}`,
        );
      }
      await this.#rows?.return?.();
      this.#next = at + 1;
      this.#round = header.round;
      this.#nextNumber = 0;
      this.#rows = this.#recording.rows(header.round)[Symbol.asyncIterator]();
      return (await this.#nextRow()).frame;
    });
  }

  step(action: Action): Promise<Frame> {
    return this.#inTurn(async () => {
      const row = await this.#nextRow();
      if (this.#checkActions) requireSameAction(action, row, this.#round);
      return row.frame;
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return (this.#closing ??= this.#turn.then(async () => {
      await this.#rows?.return?.();
      await this.#recording[Symbol.asyncDispose]();
    }));
  }

  async #nextRow(): Promise<RecordedRow> {
    if (!this.#rows) throw new FarsimError('BAD_ARGUMENT', 'reset comes before the first step');
    const next = await this.#rows.next();
    if (next.done) {
      throw new FarsimError('EPISODE_LOST', `round ${this.#round} has no further row`, {
        suggestions: ['reset begins the next recorded round'],
      });
    }
    const { row } = next.value;
    if (row !== this.#nextNumber) {
      await this.#rows.return?.();
      throw new FarsimError(
        'EPISODE_LOST',
        `round ${this.#round} has no rows ${this.#nextNumber} to ${row - 1}: the recording was damaged`,
        { suggestions: ['reset begins the next recorded round'] },
      );
    }
    this.#nextNumber++;
    return next.value;
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#closing) return Promise.reject(new FarsimError('CLOSED', 'the recorded simulator was closed'));
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

function requireSameAction(action: Action, { row, action: was }: RecordedRow, round: number): void {
  const [given, expected] = [flattenTree('action', action), was ? flattenTree('action', was) : []];
  const same =
    given.length === expected.length &&
    given.every(([name, tensor], i) => name === expected[i]![0] && tensorsEqual(tensor, expected[i]![1]));
  if (!same)
    throw new FarsimError(
      'VERIFICATION_FAILED',
      `the action given at row ${row} of round ${round} is not the recorded one`,
    );
}

/** `use: recorded`: a recording in the place of the simulator that made it. */
export const recordedSimulator = definePlugin({
  kind: 'simulator',
  name: 'recorded',
  summary: 'Gives a recording’s frames again, in the place of the simulator that made them.',
  support: 'in CI',
  config: z
    .object({
      run: z.string().describe('A run’s folder or recording.'),
      checkActions: z.boolean().default(false).describe('Fail at an action that is not the recorded one.'),
    })
    .strict(),
  asksFor: ({ run }) => ({ run }),
  open: async ({ run, checkActions }, { recording, folder }) => {
    const visuals = await readScene(path.resolve(folder, run));
    return recorded(await recording(run), { checkActions, ...(visuals && { visuals }) });
  },
});
