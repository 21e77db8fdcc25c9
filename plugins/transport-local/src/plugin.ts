import { definePlugin } from '@farsim/core';
import { z } from 'zod';
import { LocalTransport } from './local-transport.ts';
import { readTls } from './tls-files.ts';

export const localTransportConfig = z
  .object({
    public: z
      .boolean()
      .default(false)
      .describe('Allows addresses that other machines can reach (--i-know-this-is-public); they need `tls`.'),
    tls: z
      .object({
        cert: z.string().optional().describe('File with the certificate of the side that listens.'),
        key: z.string().optional().describe('File with its key.'),
        ca: z.string().optional().describe('File with the authority that the side that dials trusts.'),
      })
      .strict()
      .optional()
      .describe('Files; given, even as {}, all TCP is encrypted.'),
  })
  .strict();

export default definePlugin({
  kind: 'transport',
  name: 'local',
  summary: 'Processes and sockets of this machine.',
  support: 'in CI',
  config: localTransportConfig,
  open: async ({ public: open, tls }, { folder }) =>
    new LocalTransport({ public: open, ...(tls && { tls: await readTls(tls, folder) }) }),
});
