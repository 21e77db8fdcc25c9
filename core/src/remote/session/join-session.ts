import { FarsimError } from '../../model/errors.ts';
import { Op } from '../../model/messages.ts';
import type { Codec } from '../../ports/codec.ts';
import type { Transport } from '../../ports/transport.ts';
import type { Control } from '../../session/client/control.ts';
import { dialSession } from './dial-session.ts';
import type { FarOptions } from '../start/far-options.ts';
import { joinRemoteSimulator, type Reached } from './open-remote-simulator.ts';
import { progressLine } from './progress-line.ts';
import { createRemoteSimulator, type RemoteSimulator } from './remote-simulator.ts';
import { requireToken } from './require-token.ts';

/** The far side's whole ladder, from the polite request to SIGKILL and its proof. */
const closeMs = 25_000;

export interface JoinOrder {
  /** For messages. */
  readonly name: string;
  /** The session's id or name; on a bus, the name under which it listens. */
  readonly join: string;
  /** 64 hexadecimal digits, for what listens on a bus. */
  readonly token?: string | undefined;
  readonly options: FarOptions;
  readonly signal: AbortSignal;
  /** Takes it over from the client that controls it. */
  readonly takeOver?: boolean | undefined;
  readonly progress: (line: string) => void;
  /** Takes what the user should know after the end. */
  readonly log?: (line: string) => void;
}

/**
 * Gives a simulator that somebody else started, when it is ready to be reset: by the files of this user's sessions on a host, or
 * on a bus. Closing it, or a failure, leaves it for its next client, but for `lease.keep: 0`. Throws CONFIG_INVALID without a token on a bus, and what
 * finding and dialling throw.
 */
export async function joinSession(
  transport: Transport,
  codec: Codec,
  order: JoinOrder,
): Promise<RemoteSimulator> {
  const { name, join, token, options, signal, takeOver = false, progress, log } = order;
  const { host, connect } = transport;
  if (!connect) throw new FarsimError('UNSUPPORTED', `${name}: this transport dials nothing`);
  if (host) {
    return joinRemoteSimulator(
      transport as Reached,
      codec,
      { name, options, signal, takeOver, progress, ...(log && { log }) },
      join,
    );
  }
  if (token === undefined)
    throw new FarsimError('CONFIG_INVALID', `${name}: \`join: ${join}\` over a bus needs its token`, {
      suggestions: [`token: '\${file:${join}.token}'`],
    });
  progress(`${name}: joining ${join}`);
  const session = await dialSession({
    connect: (address, options) => connect.call(transport, address, options),
    address: `subject:${join}`,
    token: requireToken(token, `${name}: token`),
    codec,
    graceMs: options.lease.grace * 1000,
    signal,
    takeOver,
    onEvent: (event) => progress(progressLine(name, event)),
    onLink: (notice) => progress(`${name}: ${notice}`),
    giveUp: leave,
  });
  return createRemoteSimulator(session, async () => {
    const { keep } = options.lease;
    if (keep === 0) await session.control.close(closeMs);
    else await leave(session.control, keep).catch(() => undefined);
    await session[Symbol.asyncDispose]();
  });
}

/** Leaves the simulator for its next client, for `keep` seconds or as long as it waited for this one. */
async function leave(control: Control, keep?: number): Promise<void> {
  await control.call(Op.detach, { grace: keep ?? null });
}
