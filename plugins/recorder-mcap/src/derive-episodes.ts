import { EpisodeBook, type EpisodeSummary, type RecordedRow, type RoundHeader } from '@farsim/core';

/** Finds a round's episodes in its rows, for a round that has no summary: what had not ended is `interrupted`, as is what ran where rows are lost. Numbers count from `firstNumber`. */
export async function deriveEpisodes(
  { round, spec }: RoundHeader,
  rows: AsyncIterable<RecordedRow>,
  firstNumber: number,
): Promise<EpisodeSummary[]> {
  const book = new EpisodeBook(spec, Infinity);
  let next = 0;
  for await (const { row, frame } of rows) {
    if (row > next) book.skipLostRows(round);
    if (row === 0) book.beginRound(round, frame);
    else book.take(frame, row);
    next = row + 1;
  }
  return book
    .endRound('interrupted')
    .map((summary) => ({ ...summary, episode: firstNumber + summary.episode }));
}
