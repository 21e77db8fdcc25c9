import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { farsim } from './farsim.ts';

const cwd = mkdtempSync(path.join(os.tmpdir(), 'farsim-demo-'));
afterAll(() => rmSync(cwd, { recursive: true }));

interface Demo {
  readonly reason: string;
  readonly folder: string;
  readonly simulatedSeconds: number;
  readonly lifts: readonly { readonly from: number; readonly to: number }[];
  readonly videos: readonly { readonly file: string; readonly seconds: number }[];
  readonly replay: {
    readonly compared: number;
    readonly bodies: readonly { readonly movingPosition: number }[];
  };
  readonly frames: number;
  readonly times: Readonly<Record<string, { readonly count: number }>>;
  readonly files: readonly string[];
}

describe('the demo', () => {
  let demo: Demo;

  beforeAll(async () => {
    const small = ['run.episodes=2', 'run.video.size=320x240'];
    const { status, stdout, stderr } = await farsim(['demo', '--json', ...small], { cwd });
    expect(status, stdout + stderr).toBe(0);
    demo = JSON.parse(stdout) as Demo;
  }, 120_000);

  test('the far arm lifts the cube in every episode', () => {
    expect(demo.lifts).toHaveLength(2);
    for (const { from, to } of demo.lifts) expect(to - from).toBeGreaterThan(0.15);
  });

  test('every recorded pose is met by MuJoCo here', () => {
    expect(demo.replay.compared).toBe(demo.frames);
    expect(demo.replay.bodies.length).toBeGreaterThan(8);
    for (const { movingPosition } of demo.replay.bodies) expect(movingPosition).toBeLessThan(1e-6);
  });

  test('a second of video is a second of simulation', () => {
    const seconds = demo.videos.reduce((sum, video) => sum + video.seconds, 0);
    expect(demo.videos).toHaveLength(2);
    expect(Math.abs(seconds - demo.simulatedSeconds)).toBeLessThanOrEqual(2 / 30);
  });

  test('the table’s times, the contact sheet and the model are there', () => {
    expect(Object.keys(demo.times)).toEqual(expect.arrayContaining(['reset', 'step', 'state', 'link']));
    expect(demo.files).toEqual(
      expect.arrayContaining(['pictures/contact-sheet.png', 'model/arm.xml', 'exit.json']),
    );
  });

  test('its recording is replayed later without the far side, and one moment of it drawn', async () => {
    const replayed = await farsim(['replay', demo.folder, '--tolerance', '1e-6', '--json'], { cwd });
    expect(JSON.parse(replayed.stdout)).toMatchObject({ episodes: 2, compared: demo.frames });
    const still = path.join(cwd, 'grasp.png');
    expect(
      (await farsim(['render', demo.folder, '--time', '2', '--size', '320x240', '-o', still], { cwd }))
        .status,
    ).toBe(0);
    expect(readFileSync(still).subarray(1, 4).toString()).toBe('PNG');
  });
});
