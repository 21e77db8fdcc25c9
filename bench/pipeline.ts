import localTransport from '@farsim/transport-local';
import { protobufCodec } from '@farsim/codec-protobuf';
import { f32, type Frame, type Transport } from '@farsim/core';
import { disturbedTransport } from '@farsim/core/testing';
import type { Bench, Contestant } from './harness.ts';
import { openPart } from './open-part.ts';
import { openCounter } from './step.ts';

const depth = 32;
const roundTripMs = 20;

/** Steps at a distance of 20 ms: one at a time, and 32 in flight. */
export function pipelineBenches(scale: number): Bench[] {
  const contestant = (name: string, inFlight: number): Contestant => ({
    name,
    open: async () => {
      const transport = disturbedTransport(await openPart<Transport>(localTransport, {}), {
        delayMs: () => roundTripMs / 2,
      });
      const simulator = await openCounter(transport, protobufCodec, 480);
      await simulator.reset();
      const action = f32([1], [1, 1]);
      return {
        operations: inFlight * 4,
        once: async () => {
          const pending: Promise<Frame>[] = [];
          for (let step = 0; step < inFlight * 4; step++) {
            if (pending.length >= inFlight) await pending.shift();
            pending.push(simulator.step(action));
          }
          await Promise.all(pending);
        },
        async [Symbol.asyncDispose]() {
          await simulator[Symbol.asyncDispose]();
          await transport[Symbol.asyncDispose]();
        },
      };
    },
  });
  return [
    {
      name: 'pipeline',
      link: '20 ms',
      bytes: 480,
      samples: Math.ceil(100 * scale),
      contestants: [contestant('depth 1', 1), contestant(`depth ${depth}`, depth)],
    },
  ];
}
