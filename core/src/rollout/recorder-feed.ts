import { toFarsimError } from '../model/errors.ts';
import type { Action, Frame } from '../model/frame.ts';
import type { Recorder, RoundHeader, RoundSummary } from '../ports/recorder.ts';

/** Hands frames to recorders: the next step runs while they take the last one, and never more than one waits for them. */
export class RecorderFeed {
  readonly #recorders: readonly Recorder[];
  #accepting: Promise<unknown> | undefined;

  constructor(recorders: readonly Recorder[]) {
    this.#recorders = recorders;
  }

  async begin(header: RoundHeader): Promise<void> {
    for (const recorder of this.#recorders) await recorder.begin(header);
  }

  /** Waits until the frame before this one was accepted. Throws what a recorder threw on it. */
  async write(frame: Frame, action: Action | undefined): Promise<void> {
    if (this.#recorders.length === 0) return;
    await this.#accepting;
    const accepting = Promise.all(this.#recorders.map((recorder) => recorder.write(frame, action)));
    // thrown again by the next write or by `accepted`
    accepting.catch(() => undefined);
    this.#accepting = accepting;
  }

  /** Resolves when every frame was accepted. */
  async accepted(): Promise<void> {
    const accepting = this.#accepting;
    this.#accepting = undefined;
    await accepting;
  }

  /** Ends the round in every recorder, even when one of them fails; then throws the first failure. */
  async end(summary: RoundSummary): Promise<void> {
    const ends = await Promise.allSettled(this.#recorders.map((recorder) => recorder.end(summary)));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw toFarsimError(failed.reason);
  }
}
