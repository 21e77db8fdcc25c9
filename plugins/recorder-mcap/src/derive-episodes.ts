import { toNumbers, type EpisodeSummary, type Frame, type RecordedRow, type RoundHeader } from '@farsim/core';

interface OpenEpisode {
  readonly counter: number;
  readonly firstRow: number;
  firstTick: number;
  lastTick: number;
  lastRow: number;
  return: number;
}

/** Finds a round's episodes in its rows, for a round that has no summary: what had not ended is `interrupted`. Numbers count from `firstNumber`. */
export async function deriveEpisodes(
  { round, spec }: RoundHeader,
  rows: AsyncIterable<RecordedRow>,
  firstNumber: number,
): Promise<EpisodeSummary[]> {
  const open = new Map<number, OpenEpisode>();
  const ended: Omit<EpisodeSummary, 'episode'>[] = [];
  const close = (env: number, outcome: EpisodeSummary['outcome']): void => {
    const episode = open.get(env);
    if (!episode) return;
    open.delete(env);
    const { firstRow, lastRow, firstTick, lastTick } = episode;
    const steps = lastTick - firstTick;
    ended.push({
      env,
      round,
      firstRow,
      lastRow,
      outcome,
      steps,
      simulatedSeconds: steps * spec.step_dt,
      return: episode.return,
    });
  };
  for await (const { row, frame, action } of rows) {
    const rewards = toNumbers(frame.reward);
    for (let k = 0; k < frame.envs.length; k++) {
      const env = frame.envs[k]!;
      const tick = frame.tick[k]!;
      const counter = frame.episode[k]!;
      const endTick = finalTick(frame, env) ?? tick;
      if (
        open.get(env) &&
        (action === undefined || counter !== open.get(env)!.counter) &&
        !endsHere(frame, k)
      )
        close(env, 'round_end');
      const episode = open.get(env) ?? {
        counter,
        firstRow: row,
        firstTick: tick,
        lastTick: tick,
        lastRow: row,
        return: 0,
      };
      if (open.has(env)) episode.return += rewards[k]!;
      open.set(env, episode);
      episode.lastRow = row;
      episode.lastTick = endTick;
      if (!endsHere(frame, k)) continue;
      close(env, frame.terminated[k] ? 'terminated' : 'truncated');
      if (counter !== episode.counter)
        open.set(env, { counter, firstRow: row, firstTick: tick, lastTick: tick, lastRow: row, return: 0 });
    }
  }
  for (const env of [...open.keys()]) close(env, 'interrupted');
  return ended
    .toSorted((a, b) => a.firstRow - b.firstRow || a.env - b.env)
    .map((episode, i) => ({ ...episode, episode: firstNumber + i }));
}

function endsHere(frame: Frame, k: number): boolean {
  return Boolean(frame.terminated[k] || frame.truncated[k]);
}

function finalTick(frame: Frame, env: number): number | undefined {
  const at = frame.final?.envs.indexOf(env) ?? -1;
  return at < 0 ? undefined : frame.final!.tick[at];
}
