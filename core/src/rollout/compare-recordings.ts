import type { RecordedRow, Recording } from '../ports/recorder.ts';
import { createDivergence, type JointDivergence } from './divergence.ts';

/** How far the joints of two recordings are apart, row by row of the rounds that both have: what the controller `recorded` measures as it goes. */
export async function compareRecordings(
  recorded: Recording,
  again: Recording,
): Promise<readonly JointDivergence[]> {
  const divergence = createDivergence();
  for (const [place, { round, spec }] of again.rounds.entries()) {
    const before = recorded.rounds[place];
    if (!before) break;
    divergence.begin(before.spec, spec);
    const rows: AsyncIterator<RecordedRow> = recorded.rows(before.round)[Symbol.asyncIterator]();
    for await (const { frame } of again.rows(round)) {
      const next = await rows.next();
      if (next.done) break;
      divergence.compare(next.value.frame, frame);
    }
    await rows.return?.();
  }
  return divergence.report();
}
