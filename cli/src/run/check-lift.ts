import { FarsimError, type EpisodeSummary, type RecordedRow, type RunSummary } from '@farsim/core';
import { openRecording } from '@farsim/recorder-mcap';

/** Metres above the table that count as lifted. */
const lifted = 0.15;

/** One episode's cube, metres above the world's zero. */
export interface Lift {
  readonly episode: number;
  readonly from: number;
  readonly to: number;
}

/** Reads the recorded cube's height at each episode's ends. Throws VERIFICATION_FAILED when it did not rise. */
export async function checkLift({ folder, episodes }: RunSummary): Promise<Lift[]> {
  const lifts: Lift[] = [];
  await using recording = await openRecording(folder);
  for (const { round } of recording.rounds) {
    const ofRound = episodes.filter((episode) => episode.round === round);
    const heights = new Map<number, { from: number; to: number }>();
    for await (const row of recording.rows(round)) {
      for (const episode of ofRound) note(heights, episode, row);
    }
    for (const { episode } of ofRound) lifts.push({ episode, ...heights.get(episode)! });
  }
  const low = lifts.find(({ from, to }) => !(to - from >= lifted));
  if (low) {
    const { episode, from, to } = low;
    throw new FarsimError(
      'VERIFICATION_FAILED',
      `episode ${episode}: the cube went from ${from.toFixed(3)} m to ${to.toFixed(3)} m; it must rise by ${lifted} m`,
    );
  }
  return lifts;
}

function note(
  heights: Map<number, { from: number; to: number }>,
  { episode, env, firstRow, lastRow }: EpisodeSummary,
  { row, frame }: RecordedRow,
): void {
  if (row < firstRow || row > lastRow) return;
  const position = frame.state?.entities.cube?.root_pos;
  const at = frame.envs.indexOf(env);
  if (!position || at < 0) return;
  const height = Number(position.data[3 * at + 2]);
  heights.set(episode, { from: heights.get(episode)?.from ?? height, to: height });
}
