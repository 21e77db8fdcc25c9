import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { replay, toNumbers, type RecordedRow, type Tensor } from '@farsim/core';
import { dataInfo, openRecording, recover, verifyLedger } from '@farsim/recorder-mcap';
import { collectModelFiles, openMujoco } from '@farsim/sim-mujoco';

const python = process.env.FARSIM_TEST_PYTHON ?? 'python3';
const program = `
import json, sys
import gymnasium
from farsim.bridge import record

folder, said = sys.argv[1:]
env = gymnasium.make("Ant-v5", max_episode_steps=30)
rows = []
with record(env, folder) as recorded:
    for seed in range(3):
        recorded.action_space.seed(seed)
        rows.append([])
        observation, info = recorded.reset(seed=seed)
        action, reward, ended = None, 0.0, False
        while True:
            data = env.unwrapped.data
            rows[-1].append({
                "observation": observation.tolist(), "reward": float(reward),
                "action": action, "qpos": data.qpos.tolist(), "x": info["x_position"],
            })
            if ended:
                break
            sampled = recorded.action_space.sample()
            observation, reward, terminated, truncated, info = recorded.step(sampled)
            action, ended = sampled.tolist(), terminated or truncated
open(said, "w").write(json.dumps(rows))
`;

interface SaidRow {
  readonly observation: readonly number[];
  readonly reward: number;
  readonly action: readonly number[] | null;
  readonly qpos: readonly number[];
  readonly x: number;
}

const PYTHONPATH = fileURLToPath(new URL('../python', import.meta.url));
const numbers = (tensor: Tensor): number[] => Array.from(toNumbers(tensor));

let folder: string;
let run: string;
let said: readonly (readonly SaidRow[])[];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'farsim-record-'));
  run = path.join(folder, 'run');
  const answer = path.join(folder, 'said.json');
  await promisify(execFile)(python, ['-c', program, run, answer], { env: { ...process.env, PYTHONPATH } });
  said = JSON.parse(await readFile(answer, 'utf8')) as SaidRow[][];
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

test('what record() kept is read here: frames, states, actions and episodes', async () => {
  await using recording = await openRecording(run);
  expect(recording.sealed).toBe(true);
  expect(recording.rounds).toHaveLength(3);
  for (const [round, expected] of said.entries()) {
    const rows: RecordedRow[] = [];
    for await (const row of recording.rows(round)) rows.push(row);
    expect(rows).toHaveLength(expected.length);
    for (const [row, { frame, action }] of rows.entries()) {
      const { observation, reward, qpos, x, ...was } = expected[row]!;
      expect(numbers(frame.observations as Tensor)).toEqual(observation);
      expect(numbers(frame.reward)).toEqual([reward]);
      expect(action ? numbers(action as Tensor) : null).toEqual(was.action);
      const { root_pos, root_quat, joint_pos } = frame.state!.entities.torso!;
      expect([...numbers(root_pos!), ...numbers(joint_pos!)]).toEqual([
        ...qpos.slice(0, 3),
        ...qpos.slice(7),
      ]);
      const norm = Math.hypot(...qpos.slice(3, 7));
      for (const [k, part] of numbers(root_quat!).entries())
        expect(part * norm).toBeCloseTo(qpos[3 + k]!, 14);
      const { x_position } = frame.info.arrays as Record<string, Tensor>;
      expect(numbers(x_position!)).toEqual([x]);
      expect(frame.time[0]).toBe(row * recording.rounds[0]!.spec.step_dt);
    }
    const episode = recording.episodes[round]!;
    expect(episode).toMatchObject({ round, episode: round, firstRow: 0, lastRow: expected.length - 1 });
    expect(episode.return).toBeCloseTo(expected.reduce((sum, { reward }) => sum + reward, 0));
  }
});

test('its ledger is computed again without a fault, and data info sums it up', async () => {
  await using recording = await openRecording(run);
  const rows = said.reduce((sum, { length }) => sum + length, 0);
  const report = await verifyLedger(recording);
  expect(report).toMatchObject({ entries: rows, replies: rows, requests: rows - 3, gaps: [], faults: [] });
  expect(report.head?.index).toBe(rows);
  expect(await dataInfo(run)).toMatchObject({ sealed: true, rounds: 3, frames: rows, task: 'Ant-v5' });
});

test('it is replayed in MuJoCo here with the model that it keeps', async () => {
  const { model } = JSON.parse(await readFile(path.join(run, 'run.json'), 'utf8')) as { model: string };
  await using recording = await openRecording(run);
  const follow = recording.rounds[0]!.spec.entities;
  await using view = await openMujoco({ model: await collectModelFiles(path.join(run, model)), follow });
  const report = await replay({ recording, view, recorders: [] });
  expect(report).toMatchObject({ episodes: 3, compared: 3, conventions: 'declared', unmatched: [] });
  for (const { position } of report.bodies) expect(position).toBeLessThan(1e-12);
});

test('what a killed program recorded is sealed here with whole rows', async () => {
  const killed = path.join(folder, 'killed');
  const dying = `
import os, signal, sys
import gymnasium
from farsim.bridge import record

env = record(gymnasium.make("Ant-v5"), sys.argv[1])
env.reset(seed=1)
for step in range(150):
    env.step(env.action_space.sample())
os.kill(os.getpid(), signal.SIGKILL)
`;
  const dead = promisify(execFile)(python, ['-c', dying, killed], { env: { ...process.env, PYTHONPATH } });
  await expect(dead).rejects.toMatchObject({ signal: 'SIGKILL' });
  expect((await recover(killed)).sealed).toMatchObject([{ lostBytes: 0 }]);
  await using recording = await openRecording(killed);
  expect(recording.sealed).toBe(true);
  const report = await verifyLedger(recording);
  expect(report).toMatchObject({ gaps: [], faults: [], requests: report.entries - 1 });
  expect(report.entries).toBeGreaterThan(75);
});
