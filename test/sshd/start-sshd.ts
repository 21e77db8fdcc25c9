import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort, greetsWith } from '../loopback-port.ts';
import type { FarNetwork } from './network-namespaces.ts';
import { sendSignal } from '../send-signal.ts';

export interface SshdOptions {
  /** Where it listens instead of loopback, on port 22. */
  readonly on?: FarNetwork;
  /** Takes this port, which must be free; left out: any. */
  readonly port?: number;
  /** File of a public key that it accepts beside its own. */
  readonly alsoAccepts?: string;
  /** What the login shell, which is bash, says before it runs a command. */
  readonly loginShellSays?: string;
  /** Sessions on one connection; 64 when left out. */
  readonly maxSessions?: number;
  /** Run instead of every command, which is in SSH_ORIGINAL_COMMAND. */
  readonly forceCommand?: string;
  /** False: nobody's key is accepted. */
  readonly acceptsKey?: boolean;
  readonly hostKeyTypes?: readonly ('ed25519' | 'ecdsa' | 'rsa')[];
  /** More lines of sshd_config. */
  readonly config?: readonly string[];
}

/** A private sshd that knows one key of its own making. It has no sftp. */
export interface Sshd extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly folder: string;
  /** Its host keys, as lines of known_hosts: by type, and together in a file. */
  readonly hostKeys: Readonly<Record<string, string>>;
  readonly knownHosts: string;
  readonly identityFile: string;
  /** An ssh_config in which it is called `far`. */
  readonly configFile: string;
  /** Breaks every connection, as a network or a crash does: SIGKILL to the processes that serve them. Returns how many. */
  cut(): Promise<number>;
  /** SIGSTOP or SIGCONT to the processes that serve connections. */
  signalSessions(signal: 'SIGSTOP' | 'SIGCONT'): Promise<number>;
}

const startMs = 10_000;
const run = promisify(execFile);

/** Starts it and waits until it answers. It ends with the returned value or, at the latest, with this process. */
export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const program = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/lib/ssh/sshd'].find(existsSync);
  if (!program) throw new Error('this test needs an ssh server: apt-get install openssh-server');
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const folder = await mkdtemp(path.join(tmpdir(), 'farsim-sshd-'));
  try {
    return await startIn(folder, program, options);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function startIn(folder: string, program: string, options: SshdOptions): Promise<Sshd> {
  const at = (name: string): string => path.join(folder, name);
  const types = options.hostKeyTypes ?? ['ed25519'];
  await Promise.all([
    makeKey(at('id_ed25519'), 'ed25519'),
    ...types.map((type) => makeKey(at(`host_${type}`), type)),
  ]);
  const publicKey = await readFile(at('id_ed25519.pub'), 'utf8');
  const alsoAccepted = options.alsoAccepts === undefined ? '' : await readFile(options.alsoAccepts, 'utf8');
  const accepted = options.acceptsKey === false ? '' : publicKey;
  await writeFile(at('authorized_keys'), `${accepted}${alsoAccepted}`, { mode: 0o600 });
  const address = options.on?.address ?? '127.0.0.1';
  const port = options.port ?? (options.on ? 22 : await freePort());
  if (options.loginShellSays !== undefined)
    await writeFile(at('login.sh'), `echo '${options.loginShellSays}'\n`);
  const lines = [
    `Port ${port}`,
    `ListenAddress ${address}`,
    ...types.map((type) => `HostKey ${at(`host_${type}`)}`),
    `AuthorizedKeysFile ${at('authorized_keys')}`,
    'PidFile none',
    'UsePAM no',
    'StrictModes no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin yes',
    'AllowStreamLocalForwarding yes',
    `MaxSessions ${options.maxSessions ?? 64}`,
    'MaxStartups 100:30:200',
    'LogLevel VERBOSE',
    // else bash takes the ~/.bashrc of whoever runs the tests
    `SetEnv SHLVL=2${options.loginShellSays === undefined ? '' : ` BASH_ENV=${at('login.sh')}`}`,
    ...(options.forceCommand === undefined ? [] : [`ForceCommand ${options.forceCommand}`]),
    ...(options.config ?? []),
  ];
  await writeFile(at('sshd_config'), `${lines.join('\n')}\n`);
  const hostKeys: Record<string, string> = {};
  for (const type of types) {
    const [name, key] = (await readFile(at(`host_${type}.pub`), 'utf8')).split(' ');
    hostKeys[type] = `${port === 22 ? address : `[${address}]:${port}`} ${name} ${key}`;
  }
  await writeFile(at('known_hosts'), `${Object.values(hostKeys).join('\n')}\n`);
  const { username: user } = userInfo();
  const config = [
    'Host far',
    `HostName ${address}`,
    `Port ${port}`,
    `User ${user}`,
    `IdentityFile ${at('id_ed25519')}`,
  ];
  await writeFile(
    at('ssh_config'),
    `${[...config, 'IdentitiesOnly yes', `UserKnownHostsFile ${at('known_hosts')}`].join('\n  ')}\n`,
  );
  const server = await start(program, at('sshd_config'), port, options.on);
  const signalSessions = async (signal: NodeJS.Signals): Promise<number> => {
    const pids = (await descendants(server.pid))
      .filter(({ name }) => name.startsWith('sshd'))
      .map(({ pid }) => pid);
    return pids.filter((pid) => reaches(pid, signal)).length;
  };
  return {
    address,
    port,
    user,
    folder,
    hostKeys,
    knownHosts: at('known_hosts'),
    identityFile: at('id_ed25519'),
    configFile: at('ssh_config'),
    cut: () => signalSessions('SIGKILL'),
    signalSessions,
    async [Symbol.asyncDispose]() {
      await signalSessions('SIGKILL');
      await server.end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function start(
  program: string,
  config: string,
  port: number,
  on: FarNetwork | undefined,
): Promise<{ pid: number; end: () => Promise<void> }> {
  // the shell ends it when this process is gone and so its input
  const script = '"$@" & echo $!; cat > /dev/null; kill $! 2> /dev/null';
  const command = [...(on ? ['ip', 'netns', 'exec', on.name] : []), program, '-D', '-e', '-f', config];
  const shell = spawn('/bin/sh', ['-c', script, 'sh', ...command], { stdio: ['pipe', 'pipe', 'pipe'] });
  let log = '';
  shell.stderr.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-4000)));
  const end = async (): Promise<void> => {
    shell.stdin.end();
    if (shell.exitCode === null && shell.signalCode === null) await once(shell, 'exit');
  };
  const [line] = (await once(shell.stdout, 'data')) as [Buffer];
  const isReady = async (): Promise<boolean> =>
    on ? log.includes('Server listening') : greetsWith(port, 'SSH-');
  for (const began = Date.now(); !(await isReady()); await sleep(20)) {
    if (
      Date.now() - began < startMs &&
      isRunning(shell) &&
      !/error: Bind|fatal|Missing privilege|no hostkeys/i.test(log)
    )
      continue;
    await end();
    throw new Error(`sshd did not start on port ${port}:\n${log}`);
  }
  return { pid: Number(line.toString()), end };
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

/** False when the process ended meanwhile. */
function reaches(pid: number, signal: NodeJS.Signals): boolean {
  try {
    sendSignal(pid, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

async function makeKey(file: string, type: string): Promise<void> {
  await run('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', 'farsim test', '-f', file]);
}

async function descendants(root: number): Promise<{ pid: number; name: string }[]> {
  const all: { pid: number; parent: number; name: string }[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '');
    const [, name, parent] = /^\d+ \((.*)\) \S (\d+)/s.exec(stat) ?? [];
    if (name !== undefined) all.push({ pid: Number(entry), parent: Number(parent), name });
  }
  const found: { pid: number; name: string }[] = [];
  for (let parents = [root]; parents.length > 0;) {
    const children = all.filter(({ parent }) => parents.includes(parent));
    found.push(...children);
    parents = children.map(({ pid }) => pid);
  }
  return found;
}
