import { type EpisodeSummary, type Simulator, type View } from '@farsim/core';
import { createPlanarArm, planarArmFrame, planarArmSpec, recorderContract } from '@farsim/core/testing';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readMp4Facts } from '../src/mp4-facts.ts';
import { VideoRecorder, type VideoRecorderOptions } from '../src/video-recorder.ts';
import { temporaryFolder } from './temporary-folder.ts';

const spec = planarArmSpec(3);
const frameAt = (row: number) => planarArmFrame(spec, row, (env) => [0.1 * row + env, -0.05 * row]);

function openRecorder(options: Partial<VideoRecorderOptions> = {}): VideoRecorder {
  return new VideoRecorder({
    folder: temporaryFolder(),
    view: createPlanarArm(),
    size: { width: 128, height: 96 },
    fps: 30,
    speed: 1,
    episodes: 'all',
    progress: () => undefined,
    ...options,
  });
}

function episode(round: number, env: number, lastRow: number): EpisodeSummary {
  const simulatedSeconds = lastRow * spec.step_dt;
  return {
    env,
    episode: round * 3 + env,
    round,
    firstRow: 0,
    lastRow,
    outcome: 'round_end',
    steps: lastRow,
    simulatedSeconds,
    return: 0,
  };
}

/** Records one round of 51 rows, 2.5 simulated seconds, in which env 1's episode ends at row 20. */
async function recordRound(recorder: VideoRecorder, round = 0): Promise<void> {
  await recorder.begin({ round, spec, specHash: '00'.repeat(32) });
  for (let row = 0; row <= 50; row++) await recorder.write(frameAt(row));
  await recorder.end({
    episodes: [episode(round, 0, 50), episode(round, 1, 20), episode(round, 2, 50)],
    reason: 'finished',
  });
}

function factsOf(folder: string, name: string) {
  return readMp4Facts(readFileSync(path.join(folder, 'video', name)));
}

describe('the video recorder', () => {
  const open = async () => ({
    recorder: openRecorder({ episodes: [] }),
    header: (round: number) => ({ round, spec, specHash: '00'.repeat(32) }),
    frame: frameAt,
  });
  for (const { fact, check } of recorderContract(open)) test(fact, check);
});

test('a video lasts as long as its episode in simulated time, to one picture', async () => {
  const folder = temporaryFolder();
  {
    await using recorder = openRecorder({ folder });
    await recordRound(recorder);
  }
  expect(factsOf(folder, '0.mp4')).toMatchObject({ codec: 'avc1', width: 128, height: 96, frames: 75 });
  expect(factsOf(folder, '0.mp4').seconds).toBeCloseTo(2.5, 2);
  expect(factsOf(folder, '1.mp4').seconds).toBeCloseTo(1, 2);
});

test('only the episodes asked for are drawn', async () => {
  const folder = temporaryFolder();
  {
    await using recorder = openRecorder({ folder, episodes: [2, 4] });
    await recordRound(recorder, 0);
    await recordRound(recorder, 1);
  }
  expect(readdirSync(path.join(folder, 'video')).toSorted()).toEqual(['2.mp4', '4.mp4']);
  expect(readdirSync(path.join(folder, 'pictures')).toSorted()).toEqual([
    '2-first.png',
    '2-last.png',
    '4-first.png',
    '4-last.png',
    'contact-sheet.png',
  ]);
});

test('double speed halves a video, and a grid shows all episodes in one', async () => {
  const folder = temporaryFolder();
  {
    await using recorder = openRecorder({ folder, speed: 2, grid: 2 });
    await recordRound(recorder);
  }
  expect(factsOf(folder, '0.mp4').seconds).toBeCloseTo(1.25, 1);
  expect(factsOf(folder, 'grid.mp4')).toMatchObject({ width: 128, height: 96 });
});

test('pictures between recorded states are interpolated', async () => {
  const angles: number[] = [];
  const arm = createPlanarArm();
  const view: Simulator = {
    ...arm,
    spec: arm.spec,
    reset: arm.reset.bind(arm),
    step: arm.step.bind(arm),
    render: arm.render!.bind(arm),
    setState: (state, options) => {
      angles.push(state.entities['arm']!.joint_pos!.data[0] as number);
      return arm.setState!(state, options);
    },
  } as Simulator;
  {
    await using recorder = openRecorder({ view, fps: 60, episodes: [0] });
    await recordRound(recorder);
  }
  const drawn = angles.slice(0, 150);
  // 0.1 rad in a step of 0.05 s is 1/30 rad a picture at 60 a second
  drawn.forEach((angle, i) => expect(angle).toBeCloseTo(i === 149 ? 5 : i / 30, 9));
});

test('a black video is VIDEO_EMPTY', async () => {
  const arm = createPlanarArm();
  const black = async ({ width, height }: View) => [
    { camera: '', env: 0, encoding: 'raw' as const, width, height, data: new Uint8Array(width * height * 3) },
  ];
  const view = { spec: arm.spec, setState: arm.setState!.bind(arm), render: black } as unknown as Simulator;
  const recorder = openRecorder({ view });
  await expect(recordRound(recorder)).rejects.toMatchObject({ code: 'VIDEO_EMPTY' });
  await recorder[Symbol.asyncDispose]();
});

test('a simulator that cannot draw is UNSUPPORTED before anything starts', () => {
  const { spec: armSpec, reset, step } = createPlanarArm();
  const view = { spec: armSpec, reset, step } as unknown as Simulator;
  expect(() => openRecorder({ view })).toThrow("'planar-arm' cannot make a video: it cannot draw");
});

test('a video file that was cut is refused', async () => {
  const folder = temporaryFolder();
  {
    await using recorder = openRecorder({ folder, episodes: [1] });
    await recordRound(recorder);
  }
  const file = readFileSync(path.join(folder, 'video/1.mp4'));
  expect(() => readMp4Facts(file.subarray(0, file.length - 10))).toThrow('the video file is cut');
  expect(existsSync(path.join(folder, 'pictures/1-last.png'))).toBe(true);
});
