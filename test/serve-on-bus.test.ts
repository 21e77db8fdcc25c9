import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import natsTransport from '@farsim/transport-nats';
import { expect, test } from 'vitest';
import { joinOverBus } from './far-over-bus.ts';
import { assertUndisturbed, stepAtDepth } from './faults/stepping.ts';
import { startNatsServer } from './nats/start-nats-server.ts';
import { openContext } from './open-far.ts';

const root = path.dirname(import.meta.dirname);
const script = `
import sys
from counter_adapter import CounterAdapter
from farsim.bridge import serve
counter = CounterAdapter()
counter.launch({}, print)
counter.create()
nats = {"servers": sys.argv[1], "name": "play"}
print("over:", serve(counter, token_file=sys.argv[2], nats=nats), flush=True)
`;

test('a script that serves its env on a bus is stepped over it, and goes on when the client asks it to end', async () => {
  await using server = await startNatsServer();
  const folder = await mkdtemp(path.join(tmpdir(), 'farsim-serve-'));
  const token = randomBytes(32).toString('hex');
  await writeFile(path.join(folder, 'play.py'), script);
  await writeFile(path.join(folder, 'play.token'), token);
  const PYTHONPATH = [path.join(root, 'python'), path.join(root, 'plugins/sim-counter/adapters')].join(':');
  const play = spawn(process.env.FARSIM_TEST_PYTHON ?? 'python3', ['play.py', server.url, 'play.token'], {
    cwd: folder,
    env: { ...process.env, PYTHONPATH },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  play.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(play, 'exit');
  try {
    await expect.poll(() => said, { timeout: 20_000 }).toMatch(/join: play` and its token/);
    const config = natsTransport.config.parse({ servers: server.url });
    await using near = await natsTransport.open(config, openContext());
    const simulator = await joinOverBus(near, { name: 'play', token });
    await simulator.reset();
    await stepAtDepth(simulator, 200, 16);
    await assertUndisturbed(simulator, 200);
    await simulator[Symbol.asyncDispose]();
    expect(await ended).toEqual([0, null]);
    expect(said).toMatch(/over: asked to close/);
  } finally {
    play.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
});
