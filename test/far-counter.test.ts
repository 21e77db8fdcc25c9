import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { jsonCodec } from '@farsim/codec-json';
import { f64, type Frame, type RemoteSimulator, type Tensor, type Transport } from '@farsim/core';
import { protobufCodec } from '@farsim/codec-protobuf';
import sshTransport from '@farsim/transport-ssh';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { processesOfSession } from './left-over.ts';
import { openContext, openCounter, openLocalTransport, type FarOrder } from './open-far.ts';
import { startSshd, type Sshd } from './sshd/start-sshd.ts';

const one = f64([1], [1, 1]);
const sum = ({ observations }: Frame): number => (observations as Tensor).data[0] as number;

let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(async () => {
  await sshd[Symbol.asyncDispose]();
});

const links: readonly { link: string; open: () => Promise<Transport> }[] = [
  { link: 'local', open: openLocalTransport },
  {
    link: 'ssh',
    open: () => {
      const { port, user, identityFile, knownHosts } = sshd;
      const config = sshTransport.config.parse({ host: '127.0.0.1', port, user, identityFile, knownHosts });
      return sshTransport.open(config, openContext());
    },
  },
];

describe.each(links)('a far counter over $link', ({ open }) => {
  let transport: Transport;
  beforeAll(async () => {
    transport = await open();
  });
  afterAll(async () => {
    await transport[Symbol.asyncDispose]();
  });

  async function counter(order: FarOrder = {}): Promise<RemoteSimulator> {
    return openCounter(transport, order);
  }

  test('applies pipelined steps once each, in order, and both ledgers agree', async () => {
    await using simulator = await counter();
    await simulator.reset({ want: { state: true } });
    const frames = await Promise.all(Array.from({ length: 300 }, () => simulator.step(one)));
    expect(frames.map(sum)).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
    expect(frames.at(-1)!.tick).toEqual(Uint32Array.of(300));
    expect(frames.at(-1)!.state!.entities.counter!.joint_pos).toEqual(f64([300], [1, 1]));
    await simulator.step(one);
    expect(simulator.session.ledger.head().index).toBe(302);
    expect(simulator.session.ledger.fault).toBeUndefined();
  });

  test('goes on after an error in a step, and applies nothing that was sent behind it', async () => {
    await using simulator = await counter({ config: { raise_at: 3 } });
    await simulator.reset();
    const results = await Promise.allSettled(Array.from({ length: 6 }, () => simulator.step(one)));
    const codes = results.map((result) =>
      result.status === 'fulfilled' ? 'ok' : (result.reason as { code: string }).code,
    );
    expect(codes).toEqual(['ok', 'ok', 'SIMULATOR_FAILED', 'SKIPPED', 'SKIPPED', 'SKIPPED']);
    expect(results[2]).toMatchObject({
      reason: { details: { traceback: expect.stringContaining('counter_adapter') } },
    });
    expect(sum(await simulator.step(one))).toBe(3);
    expect(simulator.session.ledger.fault).toBeUndefined();
  });

  test.each([
    ['a process that exits', { exit_at: 2, exit_code: 7 }, /exit status 7|status 7|code 7/],
    ['a process that is killed', { kill_at: 2 }, /SIGKILL|signal 9/],
  ])('tells of %s at once, and fails every later call the same way', async (_, config, how) => {
    await using simulator = await counter({ config });
    await simulator.reset();
    await simulator.step(one);
    const began = performance.now();
    await expect(simulator.step(one)).rejects.toMatchObject({
      code: 'SIMULATOR_CRASHED',
      message: expect.stringMatching(how),
    });
    expect(performance.now() - began).toBeLessThan(5_000);
    await expect(simulator.step(one)).rejects.toMatchObject({ code: 'SIMULATOR_CRASHED' });
  });

  test('refuses a wrong action before the simulator sees it', async () => {
    await using simulator = await counter({ config: { size: 2 } });
    await simulator.reset();
    await expect(simulator.step(one)).rejects.toMatchObject({
      code: 'BAD_ACTION',
      message: expect.stringContaining('2'),
    });
    await expect(simulator.step(f64([1, NaN], [1, 2]))).rejects.toMatchObject({ code: 'BAD_ACTION' });
    await expect(simulator.step({ other: f64([1, 2], [1, 2]) })).rejects.toMatchObject({
      code: 'BAD_ACTION',
    });
    expect(sum(await simulator.step(f64([5, 6], [1, 2])))).toBe(5);
  });

  test('repeats an action, sums its rewards, and steps several in one round trip', async () => {
    await using simulator = await counter();
    await simulator.reset();
    const repeated = await simulator.step(one, { repeat: 4 });
    expect(repeated.tick).toEqual(Uint32Array.of(4));
    expect(Number(repeated.reward.data[0])).toBe(4);
    const frames = await simulator.stepMany!([one, one]);
    expect(frames.map(sum)).toEqual([5, 6]);
  });

  test('delivers the end of an episode beside the next one’s beginning', async () => {
    await using simulator = await counter({ config: { envs: 2, episode_steps: 3, autoreset: 'same_step' } });
    await simulator.reset({ want: { state: true } });
    const action = f64([1, 2], [2, 1]);
    await simulator.step(action);
    await simulator.step(action);
    const frame = await simulator.step(action);
    expect(frame.truncated).toEqual(Uint8Array.of(1, 1));
    expect(frame.tick).toEqual(Uint32Array.of(0, 0));
    expect(frame.episode).toEqual(Uint32Array.of(1, 1));
    expect(frame.final).toMatchObject({
      envs: Int32Array.of(0, 1),
      tick: Uint32Array.of(3, 3),
      episode: Uint32Array.of(0, 0),
    });
    expect((frame.final!.observations as Tensor).data).toEqual(Float64Array.of(3, 6));
  });

  test('leaves no process and no socket, its stubborn grandchild included', async () => {
    const simulator = await counter({ config: { fork_twice: true, ignore_signals: true } });
    const { session } = simulator.session.control.welcome;
    await simulator.reset();
    expect(processesOfSession(session).length).toBeGreaterThan(0);
    await simulator[Symbol.asyncDispose]();
    expect(processesOfSession(session)).toEqual([]);
    expect(existsSync(`/tmp/farsim-${process.getuid!()}/${session}.sock`)).toBe(false);
  });

  test.each([
    ['a module that is missing', { fail_import: 'no_such_engine' }, 'PACKAGE_MISSING', /no_such_engine/],
    ['an error in launch', { fail_launch: true }, 'START_FAILED', /fail in launch/],
    ['an error in create', { fail_create: true }, 'START_FAILED', /fail in create/],
    [
      'a spec that no message carries',
      { size: 100_000 },
      'START_FAILED',
      /describe\(\) comes to \d{4} KiB of JSON, over the limit of 1024 KiB: entities \d{4} KiB and /,
    ],
  ])('names %s at the start', async (_, config, code, message) => {
    await expect(counter({ config })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  test('tells of an error in reset and keeps the simulator', async () => {
    await using simulator = await counter({ config: { fail_reset: true } });
    await expect(simulator.reset()).rejects.toMatchObject({
      code: 'SIMULATOR_FAILED',
      message: expect.stringContaining('fail in reset'),
    });
  });

  test('ends a start that shows no progress', async () => {
    await expect(
      counter({ config: { quiet_start: 60 }, far: { start: { limit: 30, stall: 1 } } }),
    ).rejects.toMatchObject({
      code: 'START_STALLED',
    });
  });

  test('shows the progress of a slow start and ends it when it is interrupted', async () => {
    const lines: string[] = [];
    const interruption = new AbortController();
    const progress = (line: string): void => {
      lines.push(line);
      if (line.includes('counting slowly')) interruption.abort();
    };
    const opening = counter({ config: { slow_start: 30 }, signal: interruption.signal, progress });
    await expect(opening).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(lines.join('\n')).toMatch(/launching[\s\S]*counting slowly/);
  });

  test('names an interpreter that is not there', async () => {
    await expect(counter({ far: { python: '/no/such/python3' } })).rejects.toMatchObject({
      code: 'PYTHON_NOT_FOUND',
    });
  });

  test('refuses an interpreter that is too old', async () => {
    const old = path.join(await mkdtemp(path.join(tmpdir(), 'farsim-old-')), 'python3');
    await writeFile(old, `#!/bin/sh\necho '{"farsim":1,"version":[3,8,18],"home":"/tmp"}'\n`, {
      mode: 0o755,
    });
    await expect(counter({ far: { python: old } })).rejects.toMatchObject({
      code: 'PYTHON_TOO_OLD',
      message: expect.stringContaining('3.8.18'),
    });
  });

  test('gives the late answer of a step that missed its deadline', async () => {
    await using simulator = await counter({ config: { step_time: 0.3 } });
    await simulator.reset();
    const late = await simulator.step(one, { deadlineMs: 50 }).catch((error: unknown) => error);
    expect(late).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(sum(await (late as { details: { pending: Promise<Frame> } }).details.pending)).toBe(1);
    expect(sum(await simulator.step(one))).toBe(2);
  });

  test.each([protobufCodec, jsonCodec])('speaks $name', async (codec) => {
    await using simulator = await counter({ codec, config: { payload_bytes: 1000 } });
    await simulator.reset();
    const { observations } = await simulator.step(one);
    expect((observations as { pad: Tensor }).pad.shape).toEqual([1, 1000]);
  });
});
