import { FarsimError } from '@farsim/core';
import { OpensshClient } from './openssh/openssh-client.ts';
import { Ssh2Client } from './connections/ssh2-client.ts';
import type { SshClient } from './ssh-client.ts';
import type { SshSettings } from './config/ssh-settings.ts';

export const clientChoices = ['auto', 'ssh2', 'openssh'] as const;
/** Which program speaks SSH; `auto` takes ssh2, unless the config asks for what only OpenSSH can do. */
export type ClientChoice = (typeof clientChoices)[number];

/** Dials nothing yet. Throws UNSUPPORTED when the chosen client is not there or cannot do what the config asks for. */
export function openSshClient(
  settings: SshSettings,
  choice: ClientChoice,
  log: (line: string) => void,
): SshClient {
  const { name, needOfOpenssh: need, hasOpenssh } = settings;
  if (choice === 'openssh' || (choice === 'auto' && need !== undefined)) {
    if (hasOpenssh) return new OpensshClient(settings, log);
    const why = need === undefined ? '`client: openssh`' : need;
    throw new FarsimError('UNSUPPORTED', `${name} needs an ssh program for ${why}, and there is none here`, {
      suggestions: ['install openssh-client', 'or, where a proxy is all there is to it: ProxyJump'],
    });
  }
  if (need?.startsWith('ProxyCommand')) {
    throw new FarsimError('UNSUPPORTED', `${name} is reached by a ${need}, which ssh2 does not run`, {
      suggestions: ['use `client: openssh`, or ProxyJump instead'],
    });
  }
  return new Ssh2Client(settings, log);
}
