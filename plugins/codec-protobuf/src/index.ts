import { definePlugin } from '@farsim/core';
import { z } from 'zod';
import { protobufCodec } from './protobuf-codec.ts';

export { protobufCodec } from './protobuf-codec.ts';
export { walkHeader } from './strict-walk.ts';

/** A codec holds nothing, so opening it is giving it. */
export default definePlugin({
  kind: 'codec',
  name: 'protobuf',
  summary: 'Message headers as protobuf; the default.',
  support: 'in CI',
  config: z.object({}).strict(),
  open: () => Promise.resolve(protobufCodec),
});
