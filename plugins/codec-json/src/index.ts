import { definePlugin } from '@farsim/core';
import { z } from 'zod';
import { jsonCodec } from './json-codec.ts';

export { jsonCodec } from './json-codec.ts';

/** A codec holds nothing, so opening it is giving it. */
export default definePlugin({
  kind: 'codec',
  name: 'json',
  summary: 'Message headers as strict JSON, for debugging.',
  support: 'in CI',
  config: z.object({}).strict(),
  open: () => Promise.resolve(jsonCodec),
});
