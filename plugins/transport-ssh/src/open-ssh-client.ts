import { FarsimError } from '@farsim/core';
import { Ssh2Client } from './ssh2-client.ts';
import type { SshClient } from './ssh-client.ts';
import type { SshSettings } from './ssh-settings.ts';

/** Throws UNSUPPORTED when the config asks for what no client here can do. */
export function openSshClient(settings: SshSettings, log: (line: string) => void): SshClient {
  if (settings.needOfOpenssh?.startsWith('ProxyCommand'))
    throw new FarsimError(
      'UNSUPPORTED',
      `${settings.name} is reached by a ${settings.needOfOpenssh}, which farsim does not run`,
      { suggestions: ['use ProxyJump instead'] },
    );
  return new Ssh2Client(settings, log);
}
