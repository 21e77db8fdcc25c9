import localTransport from '@farsim/transport-local';
import { protobufCodec } from '@farsim/codec-protobuf';
import { f32, type Frame, type Transport } from '@farsim/core';
import type { Bench, Contestant } from './harness.ts';
import { openPart } from './open-part.ts';
import { replySizes } from './reply-sizes.ts';
import { openCounter } from './step.ts';

const forgetful = new URL('forgetful_counter_adapter.py', import.meta.url);

/** What it costs, while nothing breaks, that a cut could be healed: steps beside those of a far side that keeps no reply. */
export function healingBenches(scale: number): Bench[] {
  return [1, 32].flatMap((depth) =>
    replySizes.map(({ bytes, samples }) => ({
      name: 'healing',
      link: `depth ${depth}`,
      bytes,
      samples: Math.ceil((samples * scale) / depth),
      contestants: [
        steps('keeps no reply', bytes, depth, { ForgetfulCounter: forgetful }),
        steps('farsim', bytes, depth),
      ],
    })),
  );
}

function steps(
  name: string,
  bytes: number,
  depth: number,
  adapter?: Readonly<Record<string, URL>>,
): Contestant {
  return {
    name,
    open: async () => {
      const transport = await openPart<Transport>(localTransport, {});
      const simulator = await openCounter(transport, protobufCodec, bytes, adapter);
      await simulator.reset();
      const action = f32([1], [1, 1]);
      return {
        operations: depth,
        once: () => {
          const steps: Promise<Frame>[] = [];
          while (steps.length < depth) steps.push(simulator.step(action));
          return Promise.all(steps);
        },
        async [Symbol.asyncDispose]() {
          await simulator[Symbol.asyncDispose]();
          await transport[Symbol.asyncDispose]();
        },
      };
    },
  };
}
