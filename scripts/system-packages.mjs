// What the tests need of the system: an ssh server, a Python that can make environments, OpenGL without a display. Debian's root gets them installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';

const needs = [
  {
    name: 'openssh-server',
    there: () => ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/lib/ssh/sshd'].some(existsSync),
  },
  { name: 'openssl', there: () => runs('openssl', ['version']) },
  { name: 'openssh-client', there: () => runs('ssh-keygen', ['-?']) },
  {
    name: 'python3-venv',
    there: () =>
      runs('uv', ['--version']) || spawnSync('python3', ['-c', 'import ensurepip, venv']).status === 0,
  },
  {
    name: 'libosmesa6',
    there: () => process.platform !== 'linux' || hasLibrary('libOSMesa.so'),
  },
];

/** Installs what is missing where that can be done, else says what to install. */
export function provideSystemPackages() {
  const missing = needs.filter(({ there }) => !there()).map(({ name }) => name);
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !runs('apt-get', ['--version'])) {
    process.stderr.write(`setup: these tests need ${missing.join(', ')}: install them first\n`);
    return;
  }
  process.stderr.write(`setup: installing ${missing.join(', ')}\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // one by one: a name that this release does not know stops only itself
  for (const words of [['update'], ...missing.map((name) => ['install', '--no-install-recommends', name])]) {
    spawnSync('apt-get', ['-y', '-qq', ...words], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  }
}

function runs(command, words) {
  return spawnSync(command, words, { stdio: 'ignore' }).error === undefined;
}

function hasLibrary(name) {
  const folders = [
    '/usr/lib',
    '/usr/lib64',
    `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`,
  ];
  return folders.some(
    (folder) => existsSync(folder) && readdirSync(folder).some((file) => file.startsWith(name)),
  );
}
