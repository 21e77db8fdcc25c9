import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { connect } from '@nats-io/transport-node';
import { f32 } from '@farsim/core';
import { openNatsTransport } from '../plugins/transport-nats/src/nats-transport.ts';
import { joinOverBus, startOnBus } from '../test/far-over-bus.ts';
import { startNatsServer, type NatsServer } from '../test/nats/start-nats-server.ts';
import type { Bench, Contestant } from './harness.ts';
import { replySizes } from './reply-sizes.ts';
import { rawRequestBytes } from './step.ts';

const responder = fileURLToPath(new URL('raw_responder.mjs', import.meta.url));

/** Steps of a far simulator that is reached over a bus alone, beside NATS's own request and reply of as many bytes. */
export async function natsStepBenches(scale: number, suites: AsyncDisposableStack): Promise<Bench[]> {
  // a bare reply of 1 MiB is one message
  const server = suites.use(await startNatsServer({ config: ['max_payload: 8MB'] }));
  return replySizes.map(({ bytes, samples }) => ({
    name: 'step',
    link: 'nats',
    bytes,
    samples: samples * scale,
    contestants: [rawRequest(server, bytes), farsim(server, bytes)],
  }));
}

function rawRequest(server: NatsServer, bytes: number): Contestant {
  return {
    name: 'raw',
    open: async () => {
      const peer = spawn(process.execPath, [responder, server.url, String(bytes)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(peer.stdout, 'data');
      const connection = await connect({ servers: server.url });
      const request = new Uint8Array(rawRequestBytes);
      return {
        once: () => connection.request('raw', request),
        async [Symbol.asyncDispose]() {
          await connection.close();
          peer.kill();
          await once(peer, 'exit');
        },
      };
    },
  };
}

function farsim(server: NatsServer, bytes: number): Contestant {
  return {
    name: 'farsim',
    open: async () => {
      const order = { config: { payload_bytes: bytes } };
      const far = await startOnBus({ nats: { servers: server.url }, name: `step-${bytes}`, order });
      const transport = await openNatsTransport({ servers: server.url });
      const simulator = await joinOverBus(transport, far);
      await simulator.reset();
      const action = f32([1], [1, 1]);
      return {
        once: () => simulator.step(action),
        async [Symbol.asyncDispose]() {
          await simulator[Symbol.asyncDispose]();
          await transport[Symbol.asyncDispose]();
          await far[Symbol.asyncDispose]();
        },
      };
    },
  };
}
