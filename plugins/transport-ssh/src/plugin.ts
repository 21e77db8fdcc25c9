import { definePlugin } from '@farsim/core';
import { z } from 'zod';
import { openSshTransport } from './ssh-transport.ts';

export const sshTransportConfig = z
  .object({
    host: z
      .string()
      .min(1)
      .describe('Destination as for ssh: me@gpu-box, an alias of ~/.ssh/config, or ssh://me@gpu-box:2222.'),
    port: z.int().min(1).max(65_535).optional().describe('Port, when ~/.ssh/config does not say it.'),
    user: z.string().optional().describe('Login name, when the destination does not say it.'),
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
  support: 'tested',
  config: sshTransportConfig,
  open: (config, { log }) => openSshTransport(config, log),
});
