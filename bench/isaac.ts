// `npm run bench:isaac`: what a step of real Isaac Lab costs beyond its engine's own, by farsim (states, bodies, observations,
// protocol) and by the shortest loop over a socket that steps the same engine and reads nothing, in turns.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineFarSimulator, f32, type Simulator, type Tensor, type Transport } from '@farsim/core';
import { protobufCodec } from '@farsim/codec-protobuf';
import localTransport from '@farsim/transport-local';
import { z } from 'zod';
import { openPart } from './open-part.ts';

const turns = 100;
const stepsPerTurn = 20;
const shipped = new URL('../plugins/sim-isaac/adapters/', import.meta.url);
const files = readdirSync(shipped).filter((name) => name.endsWith('.py'));
const timed = defineFarSimulator({
  name: 'timed-isaac',
  summary: 'Isaac that tells how long its engine took.',
  config: {
    task: z.string(),
    envs: z.int(),
    device: z.string(),
    assets: z.string(),
    seed: z.int(),
    bare: z.object({ socket: z.string(), reply: z.int() }),
  },
  adapter: {
    entry: 'timed_isaac_adapter:TimedIsaac',
    files: [
      ...files.map((name) => new URL(name, shipped)),
      ...['timed_isaac_adapter.py', 'bare_isaac.py'].map((name) => new URL(name, import.meta.url)),
    ],
    requirements: ['isaaclab==3.0.0'],
    pythonVersion: '3.12',
  },
});

/** Milliseconds of one step beyond the engine's own. */
type Beyond = () => Promise<number>;

function overFarsim(isaac: Simulator, action: Tensor): Beyond {
  return async () => {
    const began = performance.now();
    const { info } = await isaac.step(action);
    const whole = performance.now() - began;
    return whole - Number((info!.arrays as { engine: Tensor }).engine.data[0]) * 1e3;
  };
}

function overBareSocket(socket: net.Socket, action: Tensor, size: number): Beyond {
  const request = Buffer.from(action.data.buffer, action.data.byteOffset, action.data.byteLength);
  const reply = Buffer.alloc(size);
  let got = 0;
  let whole: () => void;
  socket.on('data', (chunk) => {
    got += chunk.copy(reply, got);
    if (got === size) whole();
  });
  return async () => {
    got = 0;
    const began = performance.now();
    const arrived = new Promise<void>((resolve) => (whole = resolve));
    socket.write(request);
    await arrived;
    return performance.now() - began - reply.readDoubleLE(0) * 1e3;
  };
}

for (const envs of [2, 64]) {
  const folder = await mkdtemp(path.join(tmpdir(), 'farsim-bench-'));
  const server = net.createServer();
  const bare = { socket: path.join(folder, 'bare'), reply: 384 * envs };
  server.listen(bare.socket);
  await once(server, 'listening');
  const connected = once(server, 'connection') as Promise<[net.Socket]>;
  await using transport = await openPart<Transport>(localTransport, {});
  const assets = fileURLToPath(new URL('../examples/isaac/assets/', import.meta.url));
  const config = { python: 'managed', task: 'Isaac-Cartpole', envs, device: 'cpu', assets, seed: 1, bare };
  await using isaac = await openPart<Simulator>(timed, config, { transport, codec: protobufCodec });
  const action = f32(
    Array.from({ length: envs }, () => 0),
    [envs, 1],
  );
  await isaac.reset({ seed: 1, want: { state: true, bodies: 'always' } });
  const [socket] = await connected;
  const contestants = [
    { name: 'farsim', beyond: overFarsim(isaac, action), times: [] as number[] },
    { name: 'bare socket', beyond: overBareSocket(socket, action, bare.reply), times: [] as number[] },
  ];
  for (let turn = 0; turn < turns; turn++) {
    for (const { beyond, times } of contestants) {
      for (let i = 0; i < stepsPerTurn; i++) times.push(await beyond());
    }
  }
  const at = (times: readonly number[], share: number): number =>
    times.slice(1000).toSorted((a, b) => a - b)[Math.floor((times.length - 1000) * share)]!;
  for (const { name, times } of contestants) {
    const [p50, p90, p99] = [0.5, 0.9, 0.99].map((share) => at(times, share).toFixed(3));
    console.log(`${envs} envs, ${name}: beyond the engine p50 ${p50} ms, p90 ${p90} ms, p99 ${p99} ms`);
  }
  const [farsim, peer] = contestants.map(({ times }) => at(times, 0.5)) as [number, number];
  console.log(`${envs} envs: farsim’s own cost ${(farsim - peer).toFixed(3)} ms a step`);
  server.close();
  await rm(folder, { recursive: true });
}
