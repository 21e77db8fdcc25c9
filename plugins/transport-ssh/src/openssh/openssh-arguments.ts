import { quoteWord } from '../programs/quote-command.ts';
import type { SshSettings } from '../config/ssh-settings.ts';

/** Whatever ~/.ssh/config says: no key is accepted by itself, nothing is forwarded, nothing else is run, and a dead link shows. */
const fixed = [
  'StrictHostKeyChecking=yes',
  'UpdateHostKeys=no',
  'PermitLocalCommand=no',
  'RemoteCommand=none',
  'ServerAliveInterval=2',
  'ServerAliveCountMax=3',
  'ControlPersist=no',
  'Compression=no',
];

/** The program and its options that reach a machine as its settings say, without the machine's name. */
export function opensshCommand({ asked, connectTimeoutMs }: SshSettings): [string, ...string[]] {
  const { configFile, sshProgram = 'ssh', user, port, identityFile, knownHosts } = asked;
  return [
    sshProgram,
    '-T',
    '-a',
    '-x',
    ...(configFile !== undefined ? ['-F', configFile] : []),
    ...(user !== undefined ? ['-l', user] : []),
    ...(port !== undefined ? ['-p', String(port)] : []),
    ...(identityFile !== undefined ? ['-i', identityFile] : []),
    ...(knownHosts !== undefined ? ['-o', `UserKnownHostsFile="${knownHosts}"`] : []),
    ...[...fixed, `ConnectTimeout=${Math.ceil(connectTimeoutMs / 1000)}`].flatMap((option) => ['-o', option]),
  ];
}

/** The options that make ssh go through the connection that another one holds. */
export function throughConnection(hop: readonly string[], hopName: string): string[] {
  const command = [...hop, '-W', '[%h]:%p', '--', hopName];
  const quoted = command.map((word) => (word === '[%h]:%p' ? word : quoteWord(word).replaceAll('%', '%%')));
  return ['-o', `ProxyCommand=${quoted.join(' ')}`];
}
