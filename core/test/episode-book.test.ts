import { expect, test } from 'vitest';
import type { Frame } from '../src/model/frame.ts';
import { f64 } from '../src/model/tensor.ts';
import type { WorldSpec } from '../src/model/world-spec.ts';
import { EpisodeBook } from '../src/rollout/episode-book.ts';
import { createCounter } from '../src/simulators/counter.ts';

/** Frames of one env as an autoresetting simulator sends them: an end at tick 2, again and again. */
function autoresetFrame(spec: WorldSpec, row: number): Frame {
  const period = spec.autoreset === 'same_step' ? 2 : 3;
  const tick = row % period;
  const ends = spec.autoreset === 'same_step' ? row > 0 && tick === 0 : tick === 2;
  return {
    envs: Int32Array.of(0),
    tick: Uint32Array.of(tick),
    time: Float64Array.of(tick * spec.step_dt),
    episode: Uint32Array.of(Math.floor(row / period)),
    observations: {},
    reward: f64([row === 0 || (spec.autoreset === 'next_step' && tick === 0) ? 0 : 1]),
    terminated: Uint8Array.of(ends ? 1 : 0),
    truncated: Uint8Array.of(0),
    info: {},
    ...(ends &&
      spec.autoreset === 'same_step' && {
        final: { envs: Int32Array.of(0), tick: Uint32Array.of(2), episode: Uint32Array.of(0) },
      }),
  };
}

test.each([
  [
    'next_step',
    [
      [0, 2],
      [3, 5],
      [6, 7],
    ],
  ],
  [
    'same_step',
    [
      [0, 2],
      [2, 4],
      [4, 6],
    ],
  ],
] as const)('autoreset %s – each episode has its own rows, steps and return', (autoreset, rows) => {
  const spec = { ...createCounter().spec, autoreset };
  const book = new EpisodeBook(spec, 3);
  book.beginRound(0, autoresetFrame(spec, 0));
  const last = autoreset === 'same_step' ? 6 : 7;
  for (let row = 1; row <= last; row++) book.take(autoresetFrame(spec, row), row);
  const episodes = book.endRound('round_end');
  expect(episodes.map(({ firstRow, lastRow }) => [firstRow, lastRow])).toEqual(rows);
  expect(episodes.slice(0, 2).map(({ steps, return: sum, outcome }) => [steps, sum, outcome])).toEqual([
    [2, 2, 'terminated'],
    [2, 2, 'terminated'],
  ]);
  expect(book.wantsMore).toBe(false);
});

test.each([
  ['same_step', 2],
  ['next_step', 3],
] as const)('%s – what an autoreset began in a round’s last row is no episode', (autoreset, last) => {
  const spec = { ...createCounter().spec, autoreset };
  const book = new EpisodeBook(spec, 2);
  book.beginRound(0, autoresetFrame(spec, 0));
  for (let row = 1; row <= last; row++) book.take(autoresetFrame(spec, row), row);
  expect(book.endRound('round_end').map(({ episode, steps }) => [episode, steps])).toEqual([[0, 2]]);
  expect(book.wantsMore).toBe(true);
  book.beginRound(1, autoresetFrame(spec, 0));
  book.take(autoresetFrame(spec, 1), 1);
  expect(book.endRound('round_end').map(({ episode, steps }) => [episode, steps])).toEqual([[1, 1]]);
  expect(book.episodes).toHaveLength(2);
});
