import type { McapTypes } from '@mcap/core';
import { FarsimError } from '@farsim/core/worker';
import { imageDefinitions, imageSchema, type ImageLayout } from './image-messages.ts';
import { messageDefinition, schemaName, type FieldLayout } from './message-layout.ts';
import type { ChannelDefinition } from './writer-messages.ts';

const text = new TextEncoder();

/** How a channel's messages are to be read. */
export type ChannelContent = { readonly fields: readonly FieldLayout[] } | { readonly image: ImageLayout };

/** A definition as MCAP's two records: the schema is for other people's readers, the channel's metadata for ours. */
export function channelRecords(definition: ChannelDefinition): {
  channel: McapTypes.Channel;
  schema: McapTypes.Schema;
} {
  const { id, topic, nth } = definition;
  const schema =
    'image' in definition
      ? { name: imageSchema(definition.image), data: imageDefinitions[imageSchema(definition.image)] }
      : { name: schemaName(topic, nth), data: messageDefinition({ topic, fields: definition.fields }) };
  const content = 'image' in definition ? { image: definition.image } : { fields: definition.fields };
  const [key, value] = Object.entries(content)[0]!;
  return {
    schema: { id, name: schema.name, encoding: 'ros1msg', data: text.encode(schema.data) },
    channel: {
      id,
      schemaId: id,
      topic,
      messageEncoding: 'ros1',
      metadata: new Map([[`farsim.${key}`, JSON.stringify(value)]]),
    },
  };
}

/** The content of a channel that {@link channelRecords} made, or undefined for somebody else's channel. */
export function channelContent(channel: McapTypes.Channel): ChannelContent | undefined {
  const fields = channel.metadata.get('farsim.fields');
  const image = channel.metadata.get('farsim.image');
  try {
    if (fields !== undefined) return { fields: JSON.parse(fields) as FieldLayout[] };
    if (image !== undefined) return { image: JSON.parse(image) as ImageLayout };
  } catch (error) {
    throw new FarsimError('RECORDING_INVALID', `the channel '${channel.topic}' has a broken description`, {
      cause: error,
    });
  }
  return undefined;
}
