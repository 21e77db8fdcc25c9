import { protobufCodec } from '@farsim/codec-protobuf';
import {
  createCounter,
  createRemoteSimulator,
  dialSession,
  randomNumbers,
  serve,
  type RemoteSimulator,
  type Transport,
} from '@farsim/core';
import { disturbedTransport } from '@farsim/core/testing';
import { describe, expect, test } from 'vitest';
import { assertUndisturbed, stepAtDepth } from './faults/stepping.ts';
import { openCounter, openLocalTransport } from './open-far.ts';

/** Breaks one frame in a hundred and holds up five, the same ones each time. */
function disturbed(inner: Transport): { readonly transport: Transport; readonly cuts: () => number } {
  const random = randomNumbers(7);
  let cuts = 0;
  const transport = disturbedTransport(inner, {
    delayMs: () => (random() < 0.05 ? 5 : 0),
    breaks: () => random() < 0.01 && ++cuts > 0,
  });
  return { transport, cuts: () => cuts };
}

async function expectUndisturbed(simulator: RemoteSimulator, steps: number): Promise<void> {
  await simulator.reset();
  const sums = await stepAtDepth(simulator, steps, 32);
  expect(sums).toEqual(Array.from({ length: steps }, (_, i) => i + 1));
  await assertUndisturbed(simulator, steps);
}

describe('over a link that breaks at random every step is applied once, in order, and both ledgers agree', () => {
  test('with the Python bridge', async () => {
    await using local = await openLocalTransport();
    const { transport, cuts } = disturbed(local);
    const notices: string[] = [];
    await using simulator = await openCounter(transport, { progress: (line) => notices.push(line) });
    await expectUndisturbed(simulator, 1_000);
    expect(cuts()).toBeGreaterThan(5);
    expect(notices).toContainEqual(expect.stringMatching(/link lost .*redialling/));
    expect(notices).toContainEqual(
      expect.stringMatching(/link back after .* the simulator is at request \d+/),
    );
  }, 60_000);

  test('with a simulator served from TypeScript', async () => {
    await using local = await openLocalTransport();
    const { transport, cuts } = disturbed(local);
    const simulator = createCounter();
    const where = { simulator, transport: local, address: `tcp:127.0.0.1:0`, codecs: [protobufCodec] };
    await using service = await serve(where);
    const { address, token } = service;
    const connect = transport.connect!.bind(transport);
    const far = { connect, address, token, codec: protobufCodec, graceMs: 10_000 };
    const session = await dialSession(far);
    await using remote = createRemoteSimulator(session, () => session[Symbol.asyncDispose]());
    await expectUndisturbed(remote, 1_000);
    expect(cuts()).toBeGreaterThan(5);
  }, 60_000);
});
