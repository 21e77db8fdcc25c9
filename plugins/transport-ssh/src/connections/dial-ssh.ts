import type { Duplex } from 'node:stream';
import { isFarsimError } from '@farsim/core';
import { dialTcp } from './dial-tcp.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { logIn } from '../login/log-in.ts';
import { SshConnection } from './ssh-connection.ts';
import { dialError, hopError } from '../ssh-errors.ts';
import type { SshSettings } from '../config/ssh-settings.ts';
import { untilAborted } from '../until-aborted.ts';

export interface DialContext {
  readonly keys: KeyRing;
  /** Hears of a hop that makes the way slow. */
  readonly log: (line: string) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Logs in on a machine, through its jump hosts where it has some, each with its own verified host key. When it fails or is
 * stopped, nothing of the way stays. Throws HOST_UNREACHABLE, HOST_KEY_UNKNOWN, HOST_KEY_CHANGED, LOGIN_REFUSED or INTERRUPTED.
 */
export async function dialSsh(settings: SshSettings, context: DialContext): Promise<SshConnection> {
  const { keys, signal } = context;
  let last: SshConnection | undefined;
  try {
    for (const stop of [...settings.hops, settings]) {
      const socket: Duplex = last ? await passOn(last, stop, context) : await dial(stop, signal);
      last = new SshConnection(await logIn(stop, socket, keys, signal), socket, stop.name, last);
    }
    return last!;
  } catch (error) {
    if (signal?.aborted) last?.drop();
    else await last?.[Symbol.asyncDispose]();
    throw error;
  }
}

async function dial(stop: SshSettings, signal: AbortSignal | undefined): Promise<Duplex> {
  return dialTcp(stop.hostName, stop.port, stop.connectTimeoutMs, signal).catch((error: unknown) => {
    throw dialError(error, stop);
  });
}

/** A stream from a hop to the next machine. */
async function passOn(hop: SshConnection, next: SshSettings, context: DialContext): Promise<Duplex> {
  const { log, signal } = context;
  const doing = `reaching ${next.name} through ${hop.name}`;
  const late = AbortSignal.timeout(next.connectTimeoutMs);
  const wait = signal ? AbortSignal.any([signal, late]) : late;
  try {
    // sshd turns Nagle off on a connection only once a session was opened on it
    const quick = await untilAborted(hop.holdIdleSession(), wait, doing);
    if (!quick) log(`${hop.name} refuses a session: replies through it may wait 40 ms for each other`);
    return await untilAborted(hop.forwardTcp(next.hostName, next.port), wait, doing);
  } catch (error) {
    if (signal?.aborted) throw error;
    if (late.aborted) throw hopError(new Error('no answer came'), hop.name, next);
    throw isFarsimError(error) ? error : hopError(error as Error, hop.name, next);
  }
}
