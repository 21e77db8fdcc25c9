import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { protobufCodec } from '@farsim/codec-protobuf';
import { dialSession } from '@farsim/core';
import natsTransport from '@farsim/transport-nats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startNatsServer, type NatsServer } from '../../test/nats/start-nats-server.ts';
import { runs, startOnBus } from '../../test/far-over-bus.ts';
import { openContext } from '../../test/open-far.ts';
import { farsim, startFarsim } from './farsim.ts';

const cwd = mkdtempSync(path.join(os.tmpdir(), 'farsim-bus-'));
const options = { cwd, env: { XDG_CONFIG_HOME: path.join(cwd, 'config') } };
const plugin = path.join(import.meta.dirname, 'fixtures/slow-counter.ts');
const token = randomBytes(32).toString('hex');
let server: NatsServer;

beforeAll(async () => {
  server = await startNatsServer();
  writeFileSync(path.join(cwd, 'plant.token'), `${token}\n`);
  writeFileSync(path.join(cwd, 'short.token'), 'abc\n');
  writeFileSync(
    path.join(cwd, 'served.yaml'),
    `version: 1\ntransports:\n  bus: { use: nats, servers: '${server.url}' }\nsimulators:\n  plant: { use: ${plugin} }\n`,
  );
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(cwd, { recursive: true });
});

describe('serve', () => {
  test('listens on a bus of the config, with a token of the user’s', async () => {
    const words = ['--transport', 'bus', '--address', 'subject:plant', '--token-file', 'plant.token'];
    const running = startFarsim(['serve', 'served.yaml', ...words], options);
    await running.says('"token"');
    await using near = await natsTransport.open(
      natsTransport.config.parse({ servers: server.url }),
      openContext(),
    );
    const session = await dialSession({
      connect: (address) => near.connect!(address),
      address: 'subject:plant',
      token,
      codec: protobufCodec,
      graceMs: 1_000,
    });
    expect(session.spec.sim).toBe('counter');
    await session[Symbol.asyncDispose]();
    running.process.kill('SIGINT');
    expect(await running.ended).toMatchObject({ status: 0 });
  });

  test.each([
    ['a transport without an address', ['--transport', 'bus'], 2],
    ['a transport that the config has not', ['--transport', 'buss', '--address', 'subject:plant'], 4],
    ['a token that is none', ['--token-file', 'short.token'], 4],
    ['a token file that is not there', ['--token-file', 'none.token'], 4],
  ])('refuses %s', async (_what, words, status) => {
    expect(await farsim(['serve', 'served.yaml', ...words], options)).toMatchObject({ status });
  });
});

describe('a simulator that runs where nobody can dial in', () => {
  const far = (): string => `{ nats: { servers: '${server.url}' } }`;
  const plant = `{ use: python, on: far, join: lonely, token: '\${file:lonely.token}' }`;

  test('is joined by one run after the other', async () => {
    await using lonely = await startOnBus({
      nats: { servers: server.url },
      name: 'lonely',
      order: { lease: { grace: 5, wait: 60 } },
    });
    writeFileSync(path.join(cwd, 'lonely.token'), lonely.token);
    writeFileSync(
      path.join(cwd, 'joined.yaml'),
      `version: 1\nhosts:\n  far: ${far()}\nsimulators:\n  plant: ${plant}\nrun: { controller: random, episodes: 2, steps: 20 }\n`,
    );
    for (const folder of ['first', 'second']) {
      const run = await farsim(['run', 'joined.yaml', `run.folder=${folder}`], options);
      expect(run).toMatchObject({ status: 0 });
      const info = await farsim(['data', 'info', `${folder}/latest`, '--verify'], options);
      expect(info).toMatchObject({ status: 0 });
    }
    expect(runs(lonely.line.pid)).toBe(true);
    const last = await farsim(['run', 'joined.yaml', '+simulators.plant.lease.keep=0'], options);
    expect(last).toMatchObject({ status: 0 });
    await expect.poll(() => runs(lonely.line.pid)).toBe(false);
  });

  test('is dialled by its name alone, says --dry-run', async () => {
    const { status, stdout } = await farsim(['run', 'joined.yaml', '--dry-run', '--json'], options);
    expect(status).toBe(0);
    expect(stdout).toContain('subject:lonely');
  });

  test.each([
    ['nobody listens under that name', 'joined.yaml', [], 5, 'HOST_UNREACHABLE'],
    ['the token is missing', 'joined.yaml', ['~simulators.plant.token'], 4, 'CONFIG_INVALID'],
    ['both are given', 'joined.yaml', ['+simulators.plant.adapter=./sim.py:Sim'], 4, 'CONFIG_INVALID'],
    ['the host has two ways', 'joined.yaml', ['+hosts.far.ssh=far-box'], 4, 'CONFIG_INVALID'],
  ])('fails by name when %s', async (_what, config, words, status, code) => {
    const run = await farsim(['run', config, ...words, '--json'], options);
    expect(run).toMatchObject({ status });
    expect(JSON.parse(run.stdout)).toMatchObject({ error: { code } });
  });
});
