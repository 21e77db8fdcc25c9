import { randomUUID } from 'node:crypto';
import { protobufCodec } from '@farsim/codec-protobuf';
import {
  createRemoteSimulator,
  dialSession,
  startBridge,
  type ClientIdentity,
  type RemoteSimulator,
  type StartedBridge,
} from '@farsim/core';
import { counterOrder, openLocalTransport } from '../open-far.ts';

/** A bridge with a counter that nobody has dialled yet. */
export async function withBridge<T>(use: (bridge: StartedBridge, socket: string) => Promise<T>): Promise<T> {
  await using transport = await openLocalTransport();
  const bridge = await startBridge(transport.host!, await counterOrder({ far: { lease: { grace: 30 } } }));
  try {
    return await use(bridge, (bridge.address as string).replace(/^unix:/, ''));
  } finally {
    await bridge.down();
  }
}

/** Dials it as somebody; closing the simulator leaves the bridge. */
export async function dialAs(
  bridge: StartedBridge,
  identity: ClientIdentity,
  takeOver = false,
): Promise<RemoteSimulator> {
  const { address, token } = bridge;
  const transport = await openLocalTransport();
  const connect = transport.connect!.bind(transport);
  const session = await dialSession({
    ...{ connect, address, token, codec: protobufCodec, identity, takeOver, graceMs: 5_000 },
  }).catch(async (error: unknown) => {
    await transport[Symbol.asyncDispose]();
    throw error;
  });
  return createRemoteSimulator(session, async () => {
    await session[Symbol.asyncDispose]();
    await transport[Symbol.asyncDispose]();
  });
}

/** Somebody of that name whom nobody has seen before. */
export function who(client: string): ClientIdentity {
  return { client: `${client}-${randomUUID()}`, user: `${client}@here` };
}
