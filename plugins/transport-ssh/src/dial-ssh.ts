import type { Duplex } from 'node:stream';
import { FarsimError } from '@farsim/core';
import ssh2, { type Client } from 'ssh2';
import { dialTcp } from './dial-tcp.ts';
import { HostKeyCheck } from './host-key-check.ts';
import { planLogin } from './login-attempts.ts';
import { SshConnection } from './ssh-connection.ts';
import { dialError, loginError } from './ssh-errors.ts';
import { resolveSshSettings, type SshOptions, type SshSettings } from './ssh-settings.ts';

const keepaliveMs = 2_000;
const unansweredKeepalives = 3;
const mostHops = 4;

/**
 * Logs in on a machine, through its jump hosts where it has some, each with its own verified host key. Throws
 * HOST_UNREACHABLE, HOST_KEY_UNKNOWN, HOST_KEY_CHANGED, LOGIN_REFUSED, UNSUPPORTED or INTERRUPTED.
 */
export async function dialSsh(
  settings: SshSettings,
  options: SshOptions,
  signal?: AbortSignal,
  depth = 0,
): Promise<SshConnection> {
  const jump = settings.jumps.at(-1);
  if (jump === undefined) {
    const { hostName, port, connectTimeoutMs } = settings;
    const socket = await dialTcp(hostName, port, connectTimeoutMs, signal).catch((error: unknown) => {
      throw dialError(error, settings);
    });
    return new SshConnection(await logIn(settings, socket, signal), socket, settings.name);
  }
  if (depth >= mostHops)
    throw new FarsimError('UNSUPPORTED', `${settings.name} is behind more than ${mostHops} jump hosts`);
  const { configFile, sshProgram, connectTimeout, knownHosts } = options;
  const hop = await resolveSshSettings({ host: jump, configFile, sshProgram, connectTimeout, knownHosts });
  const before = settings.jumps.slice(0, -1);
  const bastion = await dialSsh(
    before.length > 0 ? { ...hop, jumps: before } : hop,
    options,
    signal,
    depth + 1,
  );
  try {
    // sshd turns Nagle off on a connection only once a session was opened on it
    await bastion.holdIdleSession();
    const socket = await bastion.forwardTcp(settings.hostName, settings.port);
    return new SshConnection(await logIn(settings, socket, signal), socket, settings.name, bastion);
  } catch (error) {
    await bastion[Symbol.asyncDispose]();
    throw error;
  }
}

async function logIn(
  settings: SshSettings,
  socket: Duplex,
  signal: AbortSignal | undefined,
): Promise<Client> {
  const [check, plan] = await Promise.all([HostKeyCheck.of(settings), planLogin(settings)]);
  const client = new ssh2.Client();
  const tried: string[] = [];
  let offered: readonly string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<Client>();
  const failed = (error: Error & { level?: string }): void => {
    reject(check.refusal ?? loginError(error, settings, plan, tried, offered));
  };
  const stop = (): void =>
    reject(new FarsimError('INTERRUPTED', `stopped while logging in on ${settings.name}`));
  client.once('ready', () => resolve(client));
  client.on('error', (error: Error & { level?: string }) => {
    // an agent that fails, or a key that cannot sign, is one attempt less and not the end
    const goesOn =
      error.level === 'agent' ||
      (error.level === 'client-authentication' && !error.message.startsWith('All configured'));
    if (!goesOn) failed(error);
  });
  client.once('close', () => failed(new Error('the connection was closed')));
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  try {
    const waiting = [...plan.attempts];
    client.connect({
      sock: socket,
      username: settings.user,
      readyTimeout: settings.connectTimeoutMs,
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
    return await promise;
  } catch (error) {
    client.on('error', () => undefined);
    client.destroy();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
