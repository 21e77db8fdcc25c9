import { userInfo } from 'node:os';
import { FarsimError } from '@farsim/core';
import { agentSocket, expandPath, type PathTokens } from './config-path.ts';
import { findNeedOfOpenssh } from './need-of-openssh.ts';
import { knownHostName } from './known-hosts.ts';
import { parseDestination, requireHost, requireUser, type Destination } from './parse-destination.ts';
import { readSshConfig, type ReadOptions, type SshConfigValues } from './read-ssh-config.ts';

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
  /** True when nobody may be asked for a passphrase. */
  readonly batchMode: boolean;
  /** Path of the agent's socket. */
  readonly agent?: string;
  /** Machines to go through, the first one first; they have none of their own. */
  readonly hops: readonly SshSettings[];
  readonly connectTimeoutMs: number;
  /** What only the system's OpenSSH client can do and the config asks for, on this machine or a hop; undefined when ssh2 will do. */
  readonly needOfOpenssh?: string;
  /** False where the system has no ssh. */
  readonly hasOpenssh: boolean;
  /** What was asked for, for a client that reads ~/.ssh/config by itself. */
  readonly asked: Destination & ReadOptions & Pick<SshOptions, 'identityFile' | 'knownHosts'>;
}

const mostHops = 4;
const defaultIdentities = ['~/.ssh/id_rsa', '~/.ssh/id_ecdsa', '~/.ssh/id_ed25519'];
const defaultKnownHosts = ['~/.ssh/known_hosts', '~/.ssh/known_hosts2', '/etc/ssh/ssh_known_hosts'];

/** Throws CONFIG_INVALID for a destination that is none, UNSUPPORTED for more than four jump hosts, and what reading the config throws. */
export async function resolveSshSettings(options: SshOptions): Promise<SshSettings> {
  return resolve(options, mostHops);
}

async function resolve(options: SshOptions, hopsLeft: number): Promise<SshSettings> {
  const destination = parseDestination(options.host);
  const user = options.user ?? destination.user;
  if (user !== undefined) requireUser(user);
  const port = options.port ?? destination.port;
  const asked: Destination = {
    host: destination.host,
    ...(user !== undefined && { user }),
    ...(port !== undefined && { port }),
  };
  const { values: config, bySsh } = await readSshConfig(asked, options);
  const hostName = requireHost(
    config.get('hostname')?.[0]?.replaceAll('%h', destination.host) ?? destination.host,
  );
  const login = {
    hostName,
    port: asked.port ?? Number(config.get('port')?.[0] ?? 22),
    user: requireUser(asked.user ?? config.get('user')?.[0] ?? userInfo().username),
  };
  const tokens: PathTokens = { ...login, asked: destination.host };
  const expand = (file: string): string => expandPath(file, tokens);
  const agent = agentSocket(config.get('identityagent')?.[0], tokens);
  const alias = config.get('hostkeyalias')?.[0];
  const identityFiles = [
    ...(options.identityFile !== undefined ? [options.identityFile] : []),
    ...(config.get('identityfile') ?? defaultIdentities),
  ].map(expand);
  const { configFile, sshProgram, identityFile, knownHosts } = options;
  const hops = await resolveHops(config.get('proxyjump')?.[0], options, hopsLeft);
  const knownHostsFiles = (knownHosts !== undefined ? [knownHosts] : namedKnownHosts(config)).map(expand);
  const knownName = alias?.toLowerCase() ?? knownHostName(hostName, login.port);
  const need =
    (await findNeedOfOpenssh(config, { identityFiles, knownHostsFiles, knownName })) ??
    hops.find((hop) => hop.needOfOpenssh)?.needOfOpenssh;
  return {
    name: options.host,
    ...login,
    ...(alias !== undefined && { hostKeyAlias: alias }),
    knownHostsFiles,
    identityFiles,
    identitiesOnly: config.get('identitiesonly')?.[0] === 'yes',
    batchMode: config.get('batchmode')?.[0] === 'yes',
    ...(agent !== undefined && { agent }),
    hops,
    connectTimeoutMs: (options.connectTimeout ?? 15) * 1000,
    ...(need !== undefined && { needOfOpenssh: need }),
    hasOpenssh: bySsh,
    asked: { ...asked, configFile, sshProgram, identityFile, knownHosts },
  };
}

/** As ssh does: the first of `a,b,c` may have hops of its own, the others go through the one before them. */
async function resolveHops(
  jumps: string | undefined,
  options: SshOptions,
  hopsLeft: number,
): Promise<SshSettings[]> {
  if (jumps === undefined || jumps === 'none') return [];
  const { configFile, sshProgram, connectTimeout, knownHosts } = options;
  const route: SshSettings[] = [];
  for (const host of jumps.split(',')) {
    const left = hopsLeft - 1 - route.length;
    if (left < 0) {
      throw new FarsimError('UNSUPPORTED', `${options.host} is behind more than ${mostHops} jump hosts`, {
        suggestions: ['does a ProxyJump in ~/.ssh/config lead back to itself?'],
      });
    }
    const hop = await resolve({ host, configFile, sshProgram, connectTimeout, knownHosts }, left);
    if (route.length === 0) route.push(...hop.hops);
    route.push({ ...hop, hops: [] });
  }
  return route;
}

function namedKnownHosts(config: SshConfigValues): readonly string[] {
  const named = [...(config.get('userknownhostsfile') ?? []), ...(config.get('globalknownhostsfile') ?? [])];
  return named.length > 0 ? named.flatMap((files) => files.split(/\s+/)) : defaultKnownHosts;
}
