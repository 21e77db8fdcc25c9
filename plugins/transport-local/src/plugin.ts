import { definePlugin } from '@farsim/core';
import { z } from 'zod';
import { LocalTransport } from './local-transport.ts';

export const localTransportConfig = z
  .object({
    public: z
      .boolean()
      .default(false)
      .describe('Allows addresses that other machines can reach (--i-know-this-is-public).'),
  })
  .strict();

export default definePlugin({
  kind: 'transport',
  name: 'local',
  summary: 'Processes and sockets of this machine.',
  support: 'in CI',
  config: localTransportConfig,
  open: async (config) => new LocalTransport(config),
});
