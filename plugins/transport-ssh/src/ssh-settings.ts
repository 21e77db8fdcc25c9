import { homedir, userInfo } from 'node:os';
import path from 'node:path';
import { FarsimError } from '@farsim/core';
import { parseDestination, requireHost, requireUser, type Destination } from './parse-destination.ts';
import { readSshConfig, type ReadOptions } from './read-ssh-config.ts';

export interface SshOptions extends ReadOptions {
  /** `me@gpu-box`, an alias, or `ssh://me@gpu-box:2222`. */
  readonly host: string;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
  readonly identityFile?: string | undefined;
  readonly knownHosts?: string | undefined;
  /** Seconds. */
  readonly connectTimeout?: number | undefined;
}

/** Everything that a connection needs to know, from options, destination and ~/.ssh/config, in that order. */
export interface SshSettings {
  /** As the user named it, for messages. */
  readonly name: string;
  readonly hostName: string;
  readonly port: number;
  readonly user: string;
  /** Name in known_hosts instead of host and port. */
  readonly hostKeyAlias?: string;
  readonly knownHostsFiles: readonly string[];
  readonly identityFiles: readonly string[];
  readonly identitiesOnly: boolean;
  /** Path of the agent's socket. */
  readonly agent?: string;
  /** Hosts to go through, first one first. */
  readonly jumps: readonly string[];
  readonly connectTimeoutMs: number;
}

const defaultIdentities = ['~/.ssh/id_rsa', '~/.ssh/id_ecdsa', '~/.ssh/id_ed25519'];
const defaultKnownHosts = ['~/.ssh/known_hosts', '~/.ssh/known_hosts2', '/etc/ssh/ssh_known_hosts'];

/** Throws CONFIG_INVALID for a destination that is none and UNSUPPORTED for what only another client can do. */
export async function resolveSshSettings(options: SshOptions): Promise<SshSettings> {
  const destination = parseDestination(options.host);
  const user = options.user ?? destination.user;
  if (user !== undefined) requireUser(user);
  const asked: Destination = {
    host: destination.host,
    ...(user !== undefined && { user }),
    ...((options.port ?? destination.port) !== undefined && { port: options.port ?? destination.port! }),
  };
  const config = await readSshConfig(asked, options);
  const proxyCommand = config.get('proxycommand')?.[0];
  if (proxyCommand !== undefined && proxyCommand !== 'none') {
    throw new FarsimError(
      'UNSUPPORTED',
      `${options.host} is reached by a ProxyCommand (${proxyCommand}), which farsim does not run`,
      {
        suggestions: ['use ProxyJump instead'],
      },
    );
  }
  const jump = config.get('proxyjump')?.[0];
  const agent = agentSocket(config.get('identityagent')?.[0]);
  const alias = config.get('hostkeyalias')?.[0];
  const identities = config.get('identityfile') ?? defaultIdentities;
  return {
    name: options.host,
    hostName: requireHost(
      config.get('hostname')?.[0]?.replaceAll('%h', destination.host) ?? destination.host,
    ),
    port: asked.port ?? Number(config.get('port')?.[0] ?? 22),
    user: requireUser(asked.user ?? config.get('user')?.[0] ?? userInfo().username),
    ...(alias !== undefined && { hostKeyAlias: alias }),
    knownHostsFiles: (options.knownHosts !== undefined ? [options.knownHosts] : knownHostsFiles(config)).map(
      expandHome,
    ),
    identityFiles: [...(options.identityFile !== undefined ? [options.identityFile] : []), ...identities].map(
      expandHome,
    ),
    identitiesOnly: config.get('identitiesonly')?.[0] === 'yes',
    ...(agent !== undefined && { agent }),
    jumps: jump === undefined || jump === 'none' ? [] : jump.split(','),
    connectTimeoutMs: (options.connectTimeout ?? 15) * 1000,
  };
}

function knownHostsFiles(config: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const named = [...(config.get('userknownhostsfile') ?? []), ...(config.get('globalknownhostsfile') ?? [])];
  return named.length > 0 ? named.flatMap((files) => files.split(/\s+/)) : defaultKnownHosts;
}

function agentSocket(configured: string | undefined): string | undefined {
  if (configured === 'none') return undefined;
  if (configured === undefined || configured === 'SSH_AUTH_SOCK')
    return process.env.SSH_AUTH_SOCK || undefined;
  return configured.startsWith('$') ? process.env[configured.slice(1)] : expandHome(configured);
}

function expandHome(file: string): string {
  const unquoted = file.replace(/^"(.*)"$/, '$1').replaceAll('%d', homedir());
  return unquoted.startsWith('~/') ? path.join(homedir(), unquoted.slice(2)) : unquoted;
}
