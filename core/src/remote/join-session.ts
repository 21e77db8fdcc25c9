import { FarsimError } from '../model/errors.ts';
import { Op } from '../model/messages.ts';
import type { Codec } from '../ports/codec.ts';
import type { Transport } from '../ports/transport.ts';
import type { Control } from '../session/control.ts';
import { dialSession } from './dial-session.ts';
import { progressLine } from './progress-line.ts';
import { createRemoteSimulator, type RemoteSimulator } from './remote-simulator.ts';
import { requireToken } from './require-token.ts';

export interface JoinOrder {
  /** For messages. */
  readonly name: string;
  /** The name under which the session listens. */
  readonly join: string;
  /** 64 hexadecimal digits. */
  readonly token: string | undefined;
  /** How long a lost link is dialled again. */
  readonly graceMs: number;
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
}

/**
 * Gives a simulator that somebody else started and that listens on a bus, when it is ready to be reset. Closing it, or a
 * failure, leaves it for its next client. Throws CONFIG_INVALID without a token, UNSUPPORTED where the transport runs programs,
 * and what dialling throws.
 */
export async function joinSession(
  transport: Transport,
  codec: Codec,
  { name, join, token, graceMs, signal, progress }: JoinOrder,
): Promise<RemoteSimulator> {
  const { host, connect } = transport;
  if (!connect || host)
    throw new FarsimError('UNSUPPORTED', `${name}: \`join\` reaches what listens on a message bus`, {
      suggestions: ['`on:` a host with `nats: { servers: … }`'],
    });
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
    graceMs,
    signal,
    onEvent: (event) => progress(progressLine(name, event)),
    onLink: (notice) => progress(`${name}: ${notice}`),
    giveUp: leave,
  });
  return createRemoteSimulator(session, async () => {
    await leave(session.control).catch(() => undefined);
    await session[Symbol.asyncDispose]();
  });
}

/** Leaves the simulator for its next client, as long as it waited for this one. */
async function leave(control: Control): Promise<void> {
  await control.call(Op.detach, { grace: null });
}
