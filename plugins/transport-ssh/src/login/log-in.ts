import type { Duplex } from 'node:stream';
import ssh2, { type Client } from 'ssh2';
import type { KeyRing } from '../keys/key-ring.ts';
import { HostKeyCheck } from './host-key-check.ts';
import { planLogin } from './login-attempts.ts';
import { LoginLimit } from './login-limit.ts';
import { loginError } from '../ssh-errors.ts';
import type { SshSettings } from '../config/ssh-settings.ts';
import { untilAborted } from '../until-aborted.ts';

const keepaliveMs = 2_000;
const unansweredKeepalives = 3;

type ClientError = Error & { readonly level?: string };

/**
 * Logs in over a stream to the machine's port. The client owns the stream, also when this fails. Throws HOST_UNREACHABLE,
 * HOST_KEY_UNKNOWN, HOST_KEY_CHANGED, LOGIN_REFUSED or INTERRUPTED.
 */
export async function logIn(
  settings: SshSettings,
  socket: Duplex,
  keys: KeyRing,
  signal: AbortSignal | undefined,
): Promise<Client> {
  const limit = new LoginLimit(settings.connectTimeoutMs);
  const client = new ssh2.Client();
  client.on('error', () => undefined);
  try {
    const { whileAsking } = limit;
    const preparing = Promise.all([
      HostKeyCheck.of(settings),
      planLogin(settings, { keys, signal, whileAsking }),
    ]);
    const [check, plan] = await untilAborted(preparing, signal, `logging in on ${settings.name}`);
    const tried: string[] = [];
    let offered: readonly string[] = [];
    const { promise, resolve, reject } = Promise.withResolvers<Client>();
    client.once('ready', () => resolve(client));
    client.on('error', (error: ClientError) => {
      // an agent that fails, or a key that cannot sign, is one attempt less and not the end
      const goesOn =
        error.level === 'agent' ||
        (error.level === 'client-authentication' && !error.message.startsWith('All configured'));
      if (!goesOn) reject(error);
    });
    client.once('close', () => reject(new Error('the connection was closed')));
    const waiting = [...plan.attempts];
    client.connect({
      sock: socket,
      username: settings.user,
      readyTimeout: 0,
      keepaliveInterval: keepaliveMs,
      keepaliveCountMax: unansweredKeepalives,
      algorithms: { serverHostKey: [...check.algorithms] as never },
      hostVerifier: (key: Buffer) => check.accepts(key),
      authHandler: (methods, _partial, next) => {
        offered = methods ?? offered;
        const attempt = waiting.shift();
        if (attempt) tried.push(attempt.label);
        next(attempt ? attempt.method : (false as never));
      },
    });
    client.setNoDelay(true);
    const loggingIn = Promise.race([promise, limit.over]).catch((error: ClientError) => {
      throw check.refusal ?? loginError(error, settings, plan, tried, offered);
    });
    return await untilAborted(loggingIn, signal, `logging in on ${settings.name}`);
  } catch (error) {
    client.destroy();
    socket.destroy();
    throw error;
  } finally {
    limit.stop();
  }
}
