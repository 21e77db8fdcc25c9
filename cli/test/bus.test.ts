import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { protobufCodec } from '@farsim/codec-protobuf';
import { dialSession } from '@farsim/core';
import natsTransport from '@farsim/transport-nats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startNatsServer, type NatsServer } from '../../test/nats/start-nats-server.ts';
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
