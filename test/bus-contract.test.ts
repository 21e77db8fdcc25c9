import { simulatorContract } from '@farsim/core/testing';
import type { RemoteSimulator, Transport } from '@farsim/core';
import natsTransport from '@farsim/transport-nats';
import { afterAll, beforeAll, describe } from 'vitest';
import { holdToContract } from './hold-to-contract.ts';
import { joinOverBus, startOnBus, type FarOverBus } from './far-over-bus.ts';
import { startNatsServer, type NatsServer } from './nats/start-nats-server.ts';
import { openContext } from './open-far.ts';

let server: NatsServer;
let near: Transport;
const started: FarOverBus[] = [];
beforeAll(async () => {
  server = await startNatsServer();
  near = await natsTransport.open(natsTransport.config.parse({ servers: server.url }), openContext());
});
afterAll(async () => {
  for (const far of started) await far[Symbol.asyncDispose]();
  await near[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function open(): Promise<RemoteSimulator> {
  const order = { config: { envs: 3, size: 2 } };
  const far = await startOnBus({ nats: { servers: server.url }, name: `plant${started.length}`, order });
  started.push(far);
  return joinOverBus(near, far);
}

describe('a far counter over a bus', () => {
  holdToContract(simulatorContract, open);
});
