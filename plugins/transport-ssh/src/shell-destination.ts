import type { SshSettings } from './config/ssh-settings.ts';

/** The destination as ssh and ssh-copy-id take it on their command lines: `-p 2299 me@gpu-box`, or an alias of ~/.ssh/config. */
export function shellDestination({ asked: { host, user, port } }: Pick<SshSettings, 'asked'>): string {
  const where = user === undefined ? host : `${user}@${host}`;
  return port === undefined ? where : `-p ${port} ${where}`;
}
