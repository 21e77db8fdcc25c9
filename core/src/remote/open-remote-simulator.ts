import { randomUUID } from 'node:crypto';
import os from 'node:os';
import { FarsimError } from '../model/errors.ts';
import type { Event } from '../model/messages.ts';
import { Role } from '../model/messages.ts';
import { ResourceStack } from '../model/resource-stack.ts';
import type { Codec } from '../ports/codec.ts';
import type { Channel, Transport } from '../ports/transport.ts';
import { ClientSession } from '../session/client-session.ts';
import { ControlLink } from '../session/control-link.ts';
import { greet, type ClientIdentity, type Greeting } from '../session/handshake.ts';
import { createRemoteSimulator, type RemoteSimulator } from './remote-simulator.ts';
import { startBridge, type BridgeOrder, type StartedBridge } from './start-bridge.ts';

/** The far side's whole ladder, from the polite request to SIGKILL and its proof. */
const closeMs = 25_000;
/** The supervisor answers at once; the rest is for slow links and login shells. */
const greetMs = 30_000;

/** Starts a far simulator and gives it when it is ready to be reset. Whatever fails, nothing is left running there. */
export async function openRemoteSimulator(
  transport: Transport,
  codec: Codec,
  order: BridgeOrder,
): Promise<RemoteSimulator> {
  if (!transport.host || !transport.connect) {
    throw new FarsimError(
      'UNSUPPORTED',
      `${order.name}: this transport cannot start programs on a far machine`,
    );
  }
  const bridge = await startBridge(transport.host, order);
  await using opening = new ResourceStack();
  let dialled = false;
  await opening.defer('bridge', () => (dialled ? undefined : bridge.down()));
  const session = await dial(transport, codec, bridge, order, () => (dialled = true));
  const close = async (): Promise<void> => {
    await session.control.close(closeMs);
    await session[Symbol.asyncDispose]();
  };
  return createRemoteSimulator(session, close);
}

async function dial(
  transport: Transport,
  codec: Codec,
  bridge: StartedBridge,
  order: BridgeOrder,
  onDialled: () => void,
): Promise<ClientSession> {
  const identity: ClientIdentity = {
    client: randomUUID(),
    user: `${os.userInfo().username}@${os.hostname()}`,
  };
  const { token, address } = bridge;
  const greeting = { ...identity, codec, token, signal: order.signal };
  const open = () => transport.connect!(address, { signal: order.signal });
  const onEvent = (event: Event): void => order.progress(progressLine(order.name, event));
  const greeted = await greet(await open(), { ...greeting, role: Role.control, deadlineMs: greetMs });
  const control = new ControlLink(greeted, codec, { onEvent });
  onDialled();
  const opened = openData(control, open, greeting, codec, order.signal);
  const ended = control.ended.then((error): never => {
    throw error;
  });
  try {
    return await Promise.race([opened, ended]);
  } catch (error) {
    // one that comes too late belongs to nobody
    void opened.then((session) => session[Symbol.asyncDispose]()).catch(() => undefined);
    await control.close(closeMs);
    await control[Symbol.asyncDispose]();
    throw error;
  }
}

async function openData(
  control: ControlLink,
  open: () => Promise<Channel>,
  greeting: Omit<Greeting, 'role'>,
  codec: Codec,
  signal: AbortSignal,
): Promise<ClientSession> {
  await control.ready(signal);
  const { fence } = control.welcome;
  const data = await greet(await open(), { ...greeting, role: Role.data, fence });
  return ClientSession.open(control, data, codec);
}

function progressLine(name: string, event: Event): string {
  return event.kind === 'phase' ? `${name}: ${event.text}` : `${name}: ${event.kind}: ${event.text}`;
}
