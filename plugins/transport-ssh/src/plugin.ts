import { definePlugin, type FarsimError } from '@farsim/core';
import { z } from 'zod';
import { clientChoices } from './open-ssh-client.ts';
import { parseDestination, requireUser } from './config/parse-destination.ts';
import { openSshTransport } from './ssh-transport.ts';

/** Refuses what `parse` refuses, while the config is read: with the place, and before anything runs. */
function parsedBy(parse: (text: string) => unknown) {
  return z.string().check((context) => {
    try {
      parse(context.value);
    } catch (error) {
      const { message, suggestions } = error as FarsimError;
      context.issues.push({
        code: 'custom',
        message: [message, ...suggestions].join('; '),
        input: context.value,
      });
    }
  });
}

export const sshTransportConfig = z
  .object({
    host: parsedBy(parseDestination).describe(
      'Destination as for ssh: me@gpu-box, an alias of ~/.ssh/config, or ssh://me@gpu-box:2222.',
    ),
    client: z
      .enum(clientChoices)
      .default('auto')
      .describe(
        'What speaks SSH: ssh2 (JavaScript), openssh (the system’s ssh), or auto: ssh2 unless ~/.ssh/config asks for what only OpenSSH can do.',
      ),
    port: z.int().min(1).max(65_535).optional().describe('Port, when ~/.ssh/config does not say it.'),
    user: parsedBy(requireUser).optional().describe('Login name, when the destination does not say it.'),
    identityFile: z.string().optional().describe('Private key to try first.'),
    knownHosts: z.string().optional().describe('File of known host keys, instead of those of ~/.ssh/config.'),
    configFile: z.string().optional().describe('File to read instead of ~/.ssh/config; "none" reads none.'),
    connectTimeout: z
      .number()
      .positive()
      .default(15)
      .describe('Seconds until a machine that does not answer is given up.'),
  })
  .strict();

export default definePlugin({
  kind: 'transport',
  name: 'ssh',
  summary: 'A machine reached over SSH, with its host key verified.',
  support: 'in CI',
  config: sshTransportConfig,
  open: (config, { log }) => openSshTransport(config, log),
});
