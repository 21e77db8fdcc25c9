import { definePlugin } from '@farsim/core';
import { z } from 'zod';
import { openNatsTransport } from './nats-transport.ts';

export const natsTransportConfig = z
  .object({
    servers: z
      .union([z.string(), z.array(z.string()).min(1)])
      .default('nats://127.0.0.1:4222')
      .describe('NATS servers, such as nats://bus:4222 or tls://bus:4222; any that answers is used.'),
    user: z.string().optional().describe('Login name.'),
    password: z.string().optional().describe('Its password: `${env:NATS_PASSWORD}` or `${file:path}`.'),
    token: z.string().optional().describe('Login token: `${env:NATS_TOKEN}` or `${file:path}`.'),
    creds: z.string().optional().describe('File with a JWT and its key, as `nsc` writes it.'),
    tls: z
      .object({
        ca: z.string().optional().describe('File with the authority that signed the servers’ certificate.'),
        cert: z.string().optional().describe('File with a certificate of this side.'),
        key: z.string().optional().describe('File with its key.'),
      })
      .strict()
      .optional()
      .describe('Files; given, even as {}, TLS is required.'),
    prefix: z.string().default('farsim').describe('First part of every subject.'),
    connectTimeout: z
      .number()
      .positive()
      .default(15)
      .describe('Seconds until a server or a listener that does not answer is given up.'),
  })
  .strict();

export default definePlugin({
  kind: 'transport',
  name: 'nats',
  summary: 'Channels over the subjects of a NATS message bus.',
  support: 'in CI',
  config: natsTransportConfig,
  open: (config, context) => openNatsTransport(config, context),
});
