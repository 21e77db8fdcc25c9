// `npm run bench:isaac`: what a step of real Isaac Lab costs beyond its engine's own: state, bodies, observations, protocol, link.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineFarSimulator, f32, type Simulator, type Tensor, type Transport } from '@farsim/core';
import { protobufCodec } from '@farsim/codec-protobuf';
import localTransport from '@farsim/transport-local';
import { z } from 'zod';
import { openPart } from './open-part.ts';

const steps = 400;
const shipped = new URL('../plugins/sim-isaac/adapters/', import.meta.url);
const files = readdirSync(shipped).filter((name) => name.endsWith('.py'));
const timed = defineFarSimulator({
  name: 'timed-isaac',
  summary: 'Isaac that tells how long its engine took.',
  config: { task: z.string(), envs: z.int(), device: z.string(), assets: z.string(), seed: z.int() },
  adapter: {
    entry: 'timed_isaac_adapter:TimedIsaac',
    files: [
      ...files.map((name) => new URL(name, shipped)),
      new URL('timed_isaac_adapter.py', import.meta.url),
    ],
    requirements: ['isaaclab==3.0.0'],
    pythonVersion: '3.12',
  },
});

for (const envs of [2, 64]) {
  await using transport = await openPart<Transport>(localTransport, {});
  const assets = fileURLToPath(new URL('../examples/isaac/assets/', import.meta.url));
  const config = { python: 'managed', task: 'Isaac-Cartpole', envs, device: 'cpu', assets, seed: 1 };
  await using isaac = await openPart<Simulator>(timed, config, { transport, codec: protobufCodec });
  const [entity] = Object.values(isaac.spec.entities);
  const action = f32(
    Array.from({ length: envs }, () => 0),
    [envs, 1],
  );
  await isaac.reset({ seed: 1, want: { state: true, bodies: 'always' } });
  const beyond: number[] = [];
  const engine: number[] = [];
  for (let i = 0; i < steps; i++) {
    const began = performance.now();
    const { info } = await isaac.step(action);
    const whole = performance.now() - began;
    const own = Number((info!.arrays as { engine: Tensor }).engine.data[0]) * 1e3;
    if (i < 20) continue;
    engine.push(own);
    beyond.push(whole - own);
  }
  const at = (times: readonly number[], share: number): string =>
    times.toSorted((a, b) => a - b)[Math.floor(times.length * share)]!.toFixed(3);
  console.log(
    `${envs} envs, ${entity!.body_names.length} bodies each: engine p50 ${at(engine, 0.5)} ms; ` +
      `beyond it p50 ${at(beyond, 0.5)} ms, p90 ${at(beyond, 0.9)} ms, p99 ${at(beyond, 0.99)} ms`,
  );
}
