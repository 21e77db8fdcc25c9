import { setTimeout as sleep } from 'node:timers/promises';
import { FarsimError } from '../../model/errors.ts';
import { Op } from '../../model/messages.ts';
import { ResourceStack } from '../../model/resource-stack.ts';
import type { Codec } from '../../ports/codec.ts';
import type { DetachedSession, FarRun, FarRunProgress } from '../../ports/detached-session.ts';
import type { Transport } from '../../ports/transport.ts';
import type { Control } from '../../session/client/control.ts';
import { dialControl } from '../session/dial-session.ts';
import { FarRecording } from './far-recording.ts';
import { progressLine } from '../session/progress-line.ts';
import type { BridgeOrder } from '../start/bridge-order.ts';
import { startBridge } from '../start/start-bridge.ts';

/** The far side's whole ladder, from the polite request to SIGKILL and its proof. */
const closeMs = 25_000;
const askEveryMs = 100;

/** What the supervisor of such a simulator answers to `status`. */
interface Status {
  readonly task: string;
  readonly run: FarRunProgress;
  /** How the run ended, '' while it has not. */
  readonly done: string;
}

/**
 * Starts a far simulator that drives the order's run by itself, and gives it when its first step was taken. Whatever fails,
 * nothing that was started is left there. Throws what starting throws, PACKAGE_MISSING where the far Python cannot record.
 */
export async function detachSimulator(
  transport: Transport,
  codec: Codec,
  order: BridgeOrder & { readonly run: FarRun },
): Promise<DetachedSession> {
  const { host, connect } = transport;
  const { name, signal, progress } = order;
  if (!host || !connect)
    throw new FarsimError('UNSUPPORTED', `${name}: this transport cannot start programs on a far machine`);
  const bridge = await startBridge(host, order);
  const { session, enter, command } = bridge;
  const recording = new FarRecording(host, { session, enter, command });
  const stack = new ResourceStack();
  let control: Control | undefined;
  let left = false;
  await stack.defer('bridge', async () => {
    if (!left) await control?.close(closeMs);
    await control?.[Symbol.asyncDispose]();
    // after a crash its supervisor waits for who asks
    if (!left) await bridge.down();
  });
  try {
    control = await dialControl({
      connect: (address, options) => connect.call(transport, address, options),
      address: bridge.address,
      token: bridge.token,
      codec,
      graceMs: bridge.grace * 1000,
      signal,
      onEvent: (event) => progress(progressLine(name, event)),
      onLink: (notice) => progress(`${name}: ${notice}`),
    });
    const { task } = await firstStep(control, signal);
    const { folder, description } = await recording.look({ known: 'all' }, signal);
    const dialled = control;
    return {
      ...{ session, task, folder, enter, command, description: description ?? {} },
      keep: (files) => recording.keep(files, folder, signal),
      leave: async () => {
        await dialled.call(Op.detach);
        left = true;
      },
      [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
    };
  } catch (error) {
    await stack[Symbol.asyncDispose]();
    throw error;
  }
}

/** Waits until the run has taken its first step, or is over. Throws what ended the simulator before. */
async function firstStep(control: Control, signal: AbortSignal): Promise<Status> {
  const ended = control.ended.then((error): never => {
    throw error;
  });
  // nobody waits for it any more once the run has begun
  ended.catch(() => undefined);
  await Promise.race([control.ready(signal), ended]);
  for (;;) {
    const status = JSON.parse(await control.call(Op.status)) as Status;
    if (status.run.step > 0 || status.run.round > 0 || status.done !== '') return status;
    if (signal.aborted)
      throw new FarsimError('INTERRUPTED', 'stopped before the run had taken its first step');
    await Promise.race([sleep(askEveryMs), ended]);
  }
}
