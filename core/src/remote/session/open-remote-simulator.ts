import { FarsimError, toFarsimError } from '../../model/errors.ts';
import { Op } from '../../model/messages.ts';
import { ResourceStack } from '../../model/resource-stack.ts';
import type { Codec } from '../../ports/codec.ts';
import type { Transport } from '../../ports/transport.ts';
import type { Control } from '../../session/client/control.ts';
import { dialSession } from './dial-session.ts';
import { progressLine } from './progress-line.ts';
import { createRemoteSimulator, type RemoteSimulator } from './remote-simulator.ts';
import type { BridgeOrder } from '../start/bridge-order.ts';
import { findBridge, startBridge } from '../start/start-bridge.ts';
import type { StartedBridge } from '../start/started-bridge.ts';

/** The far side's whole ladder, from the polite request to SIGKILL and its proof. */
const closeMs = 25_000;

/**
 * Gives a far simulator when it is ready to be reset: one that this order made earlier and that waits for its next client, or, where the order takes over, that another client controls, else
 * a new one. Whatever fails, nothing that was started is left running there. Closing it ends it, unless `lease.keep` says
 * otherwise; one that was waiting waits again.
 */
export async function openRemoteSimulator(
  transport: Transport,
  codec: Codec,
  order: BridgeOrder,
): Promise<RemoteSimulator> {
  const { host, connect } = transport;
  if (!host || !connect) {
    throw new FarsimError(
      'UNSUPPORTED',
      `${order.name}: this transport cannot start programs on a far machine`,
    );
  }
  const open = (bridge: StartedBridge): Promise<RemoteSimulator> =>
    openBridge(transport as Reached, codec, order, bridge);
  const bridge = await startBridge(host, order, { join: true });
  try {
    return await open(bridge);
  } catch (error) {
    const { code, message } = toFarsimError(error);
    if (!bridge.joined || code === 'INTERRUPTED') throw error;
    // a new start would say the same, later
    if (bridge.remake && code === 'CONFIG_INVALID') throw error;
    // another client was faster, or its time was over
    order.progress(`${order.name}: session ${bridge.session} could not be joined: ${code}: ${message}`);
    return open(await startBridge(host, order));
  }
}

/** A transport that reaches a machine's programs and sockets. */
export type Reached = Transport & Required<Pick<Transport, 'host' | 'connect'>>;
type Client = Pick<BridgeOrder, 'name' | 'options' | 'signal' | 'hurry' | 'takeOver' | 'progress' | 'log'>;

/**
 * Gives the simulator of a session that somebody else started on the host, by its id or name, when it is ready to be reset.
 * Closing it leaves it for its next client. Throws SESSION_EXPIRED when there is none, BUSY when another controls it and the order does not take over.
 */
export async function joinRemoteSimulator(
  transport: Reached,
  codec: Codec,
  order: Omit<Client, 'hurry'>,
  wanted: string,
): Promise<RemoteSimulator> {
  return openBridge(transport, codec, order, await findBridge(transport.host, order, wanted));
}

async function openBridge(
  transport: Reached,
  codec: Codec,
  order: Client,
  bridge: StartedBridge,
): Promise<RemoteSimulator> {
  const { remake } = bridge;
  const what = remake ? ', which makes this env in the engine that runs' : '';
  if (bridge.joined) order.progress(`${order.name}: joining session ${bridge.session}${what}`);
  await using opening = new ResourceStack();
  let dialled = bridge.joined;
  await opening.defer('bridge', async () => {
    if (!dialled) await bridge.down();
  });
  const session = await dialSession({
    connect: (address, options) => transport.connect(address, options),
    address: bridge.address,
    token: bridge.token,
    codec,
    depth: order.options.depth,
    graceMs: bridge.grace * 1000,
    signal: order.signal,
    takeOver: bridge.joined && (order.takeOver ?? false),
    prepare: remake && ((control) => control.call(Op.remake, remake)),
    onEvent: (event) => order.progress(progressLine(order.name, event)),
    onLink: (notice) => order.progress(`${order.name}: ${notice}`),
    onDialled: () => (dialled = true),
    whatEnded: (error) => whatEnded(bridge, error),
    giveUp: (control) => (bridge.joined ? leave(control) : end(control, bridge)),
  });
  const force = (): void => void session.control.close(closeMs, { now: true });
  order.hurry?.addEventListener('abort', force, { once: true });
  return createRemoteSimulator(session, async () => {
    await closeOrKeep(session.control, order, bridge);
    order.hurry?.removeEventListener('abort', force);
    await session[Symbol.asyncDispose]();
  });
}

async function end(control: Control, bridge: StartedBridge): Promise<void> {
  const ended = control.ended.then(({ code }) => code);
  await control.close(closeMs);
  // what another client has taken over is its own, with what it runs behind
  if ((await Promise.race([ended, Promise.resolve()])) !== 'FENCED') await bridge.clear();
}

async function closeOrKeep(
  control: Control,
  { name, options, hurry, log }: Client,
  bridge: StartedBridge,
): Promise<void> {
  const { on, lease } = options;
  const { keep } = lease;
  if (hurry?.aborted || keep === 0 || (keep === undefined && !bridge.waits)) {
    await end(control, bridge);
    return;
  }
  try {
    const left = await leave(control, keep);
    const until = new Date(Date.now() + left * 1000).toISOString().slice(0, 19);
    log?.(`${name} is kept on ${on} until ${until}Z; \`farsim host down ${on} ${bridge.session}\` ends it`);
  } catch (error) {
    const { code, message } = toFarsimError(error);
    log?.(`${name} could not be kept on ${on}: ${code}: ${message}`);
  }
}

/** Leaves the simulator for its next client, for `keep` seconds or as long as it was kept before; gives the seconds that it will wait. */
async function leave(control: Control, keep?: number): Promise<number> {
  const answer = await control.call(Op.detach, { grace: keep ?? null });
  return (JSON.parse(answer) as { readonly leaseLeft: number }).leaseLeft;
}

/** Only on this machine does a socket that is not there mean that its supervisor is gone; elsewhere `attach` says so, or the end of what started it. */
async function whatEnded(bridge: StartedBridge, error: FarsimError): Promise<FarsimError | undefined> {
  const gone =
    error.code === 'SESSION_EXPIRED' ||
    (error.code === 'HOST_UNREACHABLE' && typeof bridge.address === 'string');
  const why = gone ? ((await bridge.down()) ?? 'its supervisor was killed') : await bridge.whyOver();
  if (why === undefined) return undefined;
  return new FarsimError('SESSION_EXPIRED', `session ${bridge.session} does not run any more: ${why}`, {
    cause: error,
  });
}
