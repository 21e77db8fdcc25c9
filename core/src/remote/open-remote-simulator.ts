import { FarsimError } from '../model/errors.ts';
import { ResourceStack } from '../model/resource-stack.ts';
import type { Codec } from '../ports/codec.ts';
import type { Transport } from '../ports/transport.ts';
import { dialSession } from './dial-session.ts';
import { progressLine } from './progress-line.ts';
import { createRemoteSimulator, type RemoteSimulator } from './remote-simulator.ts';
import { startBridge, type BridgeOrder, type StartedBridge } from './start-bridge.ts';

/** The far side's whole ladder, from the polite request to SIGKILL and its proof. */
const closeMs = 25_000;

/** Starts a far simulator and gives it when it is ready to be reset. Whatever fails, nothing is left running there. */
export async function openRemoteSimulator(
  transport: Transport,
  codec: Codec,
  order: BridgeOrder,
): Promise<RemoteSimulator> {
  const { host } = transport;
  if (!host || !transport.connect) {
    throw new FarsimError(
      'UNSUPPORTED',
      `${order.name}: this transport cannot start programs on a far machine`,
    );
  }
  const bridge = await startBridge(host, order);
  await using opening = new ResourceStack();
  let dialled = false;
  await opening.defer('bridge', async () => {
    if (!dialled) await bridge.down();
  });
  const session = await dialSession({
    connect: (address, options) => transport.connect!(address, options),
    address: bridge.address,
    token: bridge.token,
    codec,
    graceMs: order.options.lease.grace * 1000,
    signal: order.signal,
    onEvent: (event) => order.progress(progressLine(order.name, event)),
    onLink: (notice) => order.progress(`${order.name}: ${notice}`),
    onDialled: () => (dialled = true),
    whatEnded: (error) => whatEnded(bridge, host.local, error),
  });
  const end = (): void => void session.control.close(closeMs, { now: true });
  order.hurry?.addEventListener('abort', end, { once: true });
  const close = async (): Promise<void> => {
    await session.control.close(closeMs);
    order.hurry?.removeEventListener('abort', end);
    await session[Symbol.asyncDispose]();
  };
  return createRemoteSimulator(session, close);
}

/** Only on this machine does a socket that is not there mean that its supervisor is gone; elsewhere `attach` says so. */
async function whatEnded(
  bridge: StartedBridge,
  local: boolean,
  error: FarsimError,
): Promise<FarsimError | undefined> {
  if (error.code !== 'SESSION_EXPIRED' && !(local && error.code === 'HOST_UNREACHABLE')) return undefined;
  const reason = await bridge.down();
  return new FarsimError(
    'SESSION_EXPIRED',
    `session ${bridge.session} does not run any more: ${reason ?? 'its supervisor was killed'}`,
    { cause: error },
  );
}
