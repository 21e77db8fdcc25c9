// Made from plugins/codec-protobuf/farsim.proto by `npm run generate`.

export interface MessageField {
  readonly id: number;
  readonly name: string;
  /** A scalar of the schema, or the name of a message or an enum. */
  readonly type: string;
  readonly rule: 'single' | 'optional' | 'oneof' | 'repeated';
}

/** Every message's fields in order of their numbers. */
export const messageFields: Readonly<Record<string, readonly MessageField[]>> = {
  Header: [
    {
      id: 1,
      name: 'challenge',
      type: 'Challenge',
      rule: 'oneof',
    },
    {
      id: 2,
      name: 'hello',
      type: 'Hello',
      rule: 'oneof',
    },
    {
      id: 3,
      name: 'welcome',
      type: 'Welcome',
      rule: 'oneof',
    },
    {
      id: 4,
      name: 'refused',
      type: 'Refused',
      rule: 'oneof',
    },
    {
      id: 5,
      name: 'event',
      type: 'Event',
      rule: 'oneof',
    },
    {
      id: 6,
      name: 'spec',
      type: 'Spec',
      rule: 'oneof',
    },
    {
      id: 7,
      name: 'layout',
      type: 'Layout',
      rule: 'oneof',
    },
    {
      id: 8,
      name: 'request',
      type: 'Request',
      rule: 'oneof',
    },
    {
      id: 9,
      name: 'reply',
      type: 'Reply',
      rule: 'oneof',
    },
    {
      id: 10,
      name: 'ack',
      type: 'Ack',
      rule: 'oneof',
    },
    {
      id: 11,
      name: 'ping',
      type: 'Ping',
      rule: 'oneof',
    },
    {
      id: 12,
      name: 'pong',
      type: 'Pong',
      rule: 'oneof',
    },
    {
      id: 13,
      name: 'goodbye',
      type: 'Goodbye',
      rule: 'oneof',
    },
  ],
  Challenge: [
    {
      id: 1,
      name: 'nonce',
      type: 'bytes',
      rule: 'single',
    },
    {
      id: 2,
      name: 'oldest',
      type: 'uint32',
      rule: 'single',
    },
    {
      id: 3,
      name: 'newest',
      type: 'uint32',
      rule: 'single',
    },
  ],
  Hello: [
    {
      id: 1,
      name: 'version',
      type: 'uint32',
      rule: 'single',
    },
    {
      id: 2,
      name: 'client',
      type: 'string',
      rule: 'single',
    },
    {
      id: 3,
      name: 'nonce',
      type: 'bytes',
      rule: 'single',
    },
    {
      id: 4,
      name: 'proof',
      type: 'bytes',
      rule: 'single',
    },
    {
      id: 5,
      name: 'role',
      type: 'Role',
      rule: 'single',
    },
    {
      id: 6,
      name: 'features',
      type: 'string',
      rule: 'repeated',
    },
    {
      id: 7,
      name: 'resume',
      type: 'Resume',
      rule: 'single',
    },
    {
      id: 8,
      name: 'takeOver',
      type: 'bool',
      rule: 'single',
    },
    {
      id: 9,
      name: 'fence',
      type: 'uint32',
      rule: 'single',
    },
    {
      id: 10,
      name: 'user',
      type: 'string',
      rule: 'single',
    },
  ],
  Resume: [
    {
      id: 1,
      name: 'session',
      type: 'string',
      rule: 'single',
    },
    {
      id: 2,
      name: 'epoch',
      type: 'uint32',
      rule: 'single',
    },
    {
      id: 3,
      name: 'ack',
      type: 'uint32',
      rule: 'single',
    },
  ],
  Welcome: [
    {
      id: 1,
      name: 'session',
      type: 'string',
      rule: 'single',
    },
    {
      id: 2,
      name: 'epoch',
      type: 'uint32',
      rule: 'single',
    },
    {
      id: 3,
      name: 'fence',
      type: 'uint32',
      rule: 'single',
    },
    {
      id: 4,
      name: 'phase',
      type: 'string',
      rule: 'single',
    },
    {
      id: 5,
      name: 'creditRequests',
      type: 'uint32',
      rule: 'single',
    },
    {
      id: 6,
      name: 'creditBytes',
      type: 'uint32',
      rule: 'single',
    },
    {
      id: 7,
      name: 'frameLimit',
      type: 'uint32',
      rule: 'single',
    },
    {
      id: 8,
      name: 'proof',
      type: 'bytes',
      rule: 'single',
    },
    {
      id: 9,
      name: 'features',
      type: 'string',
      rule: 'repeated',
    },
    {
      id: 10,
      name: 'applied',
      type: 'uint32',
      rule: 'single',
    },
    {
      id: 11,
      name: 'kept',
      type: 'uint32',
      rule: 'single',
    },
  ],
  Refused: [
    {
      id: 1,
      name: 'code',
      type: 'string',
      rule: 'single',
    },
    {
      id: 2,
      name: 'message',
      type: 'string',
      rule: 'single',
    },
    {
      id: 3,
      name: 'oldest',
      type: 'uint32',
      rule: 'single',
    },
    {
      id: 4,
      name: 'newest',
      type: 'uint32',
      rule: 'single',
    },
    {
      id: 5,
      name: 'details',
      type: 'string',
      rule: 'single',
    },
  ],
  Event: [
    {
      id: 1,
      name: 'counter',
      type: 'uint32',
      rule: 'single',
    },
    {
      id: 2,
      name: 'kind',
      type: 'string',
      rule: 'single',
    },
    {
      id: 3,
      name: 'time',
      type: 'double',
      rule: 'single',
    },
    {
      id: 4,
      name: 'text',
      type: 'string',
      rule: 'single',
    },
    {
      id: 5,
      name: 'data',
      type: 'string',
      rule: 'single',
    },
  ],
  Spec: [
    {
      id: 1,
      name: 'world',
      type: 'string',
      rule: 'single',
    },
    {
      id: 2,
      name: 'hash',
      type: 'bytes',
      rule: 'single',
    },
  ],
  Layout: [
    {
      id: 1,
      name: 'id',
      type: 'uint32',
      rule: 'single',
    },
    {
      id: 2,
      name: 'tensors',
      type: 'TensorLayout',
      rule: 'repeated',
    },
  ],
  TensorLayout: [
    {
      id: 1,
      name: 'name',
      type: 'string',
      rule: 'single',
    },
    {
      id: 2,
      name: 'dtype',
      type: 'Dtype',
      rule: 'single',
    },
    {
      id: 3,
      name: 'shape',
      type: 'uint32',
      rule: 'repeated',
    },
  ],
  Block: [
    {
      id: 1,
      name: 'layout',
      type: 'uint32',
      rule: 'single',
    },
    {
      id: 2,
      name: 'lengths',
      type: 'uint32',
      rule: 'repeated',
    },
    {
      id: 3,
      name: 'info',
      type: 'string',
      rule: 'single',
    },
    {
      id: 4,
      name: 'finalInfo',
      type: 'string',
      rule: 'single',
    },
  ],
  Request: [
    {
      id: 1,
      name: 'seq',
      type: 'uint32',
      rule: 'single',
    },
    {
      id: 2,
      name: 'ack',
      type: 'uint32',
      rule: 'single',
    },
    {
      id: 3,
      name: 'chain',
      type: 'uint32',
      rule: 'single',
    },
    {
      id: 4,
      name: 'op',
      type: 'Op',
      rule: 'single',
    },
    {
      id: 5,
      name: 'onEnd',
      type: 'OnEnd',
      rule: 'single',
    },
    {
      id: 6,
      name: 'deadline',
      type: 'double',
      rule: 'optional',
    },
    {
      id: 7,
      name: 'repeat',
      type: 'uint32',
      rule: 'single',
    },
    {
      id: 8,
      name: 'want',
      type: 'Want',
      rule: 'single',
    },
    {
      id: 9,
      name: 'blocks',
      type: 'Block',
      rule: 'repeated',
    },
    {
      id: 10,
      name: 'min',
      type: 'uint32',
      rule: 'single',
    },
    {
      id: 11,
      name: 'options',
      type: 'string',
      rule: 'single',
    },
  ],
  Want: [
    {
      id: 1,
      name: 'state',
      type: 'bool',
      rule: 'single',
    },
    {
      id: 2,
      name: 'bodies',
      type: 'Bodies',
      rule: 'single',
    },
    {
      id: 3,
      name: 'cameras',
      type: 'string',
      rule: 'repeated',
    },
    {
      id: 4,
      name: 'every',
      type: 'uint32',
      rule: 'single',
    },
    {
      id: 5,
      name: 'encoding',
      type: 'Encoding',
      rule: 'single',
    },
    {
      id: 6,
      name: 'envs',
      type: 'uint32',
      rule: 'repeated',
    },
  ],
  Reply: [
    {
      id: 1,
      name: 'seq',
      type: 'uint32',
      rule: 'single',
    },
    {
      id: 2,
      name: 'replayed',
      type: 'bool',
      rule: 'single',
    },
    {
      id: 3,
      name: 'blocks',
      type: 'Block',
      rule: 'repeated',
    },
    {
      id: 4,
      name: 'error',
      type: 'Failure',
      rule: 'single',
    },
    {
      id: 5,
      name: 'value',
      type: 'string',
      rule: 'single',
    },
    {
      id: 6,
      name: 'received',
      type: 'double',
      rule: 'single',
    },
    {
      id: 7,
      name: 'started',
      type: 'double',
      rule: 'single',
    },
    {
      id: 8,
      name: 'finished',
      type: 'double',
      rule: 'single',
    },
    {
      id: 9,
      name: 'encoded',
      type: 'double',
      rule: 'single',
    },
    {
      id: 10,
      name: 'ledgerIndex',
      type: 'uint32',
      rule: 'single',
    },
    {
      id: 11,
      name: 'ledgerHead',
      type: 'bytes',
      rule: 'single',
    },
  ],
  Failure: [
    {
      id: 1,
      name: 'code',
      type: 'string',
      rule: 'single',
    },
    {
      id: 2,
      name: 'message',
      type: 'string',
      rule: 'single',
    },
    {
      id: 3,
      name: 'suggestions',
      type: 'string',
      rule: 'repeated',
    },
    {
      id: 4,
      name: 'details',
      type: 'string',
      rule: 'single',
    },
    {
      id: 5,
      name: 'applied',
      type: 'bool',
      rule: 'single',
    },
  ],
  Ack: [
    {
      id: 1,
      name: 'ack',
      type: 'uint32',
      rule: 'single',
    },
  ],
  Ping: [
    {
      id: 1,
      name: 'id',
      type: 'uint32',
      rule: 'single',
    },
    {
      id: 2,
      name: 'sent',
      type: 'double',
      rule: 'single',
    },
  ],
  Pong: [
    {
      id: 1,
      name: 'id',
      type: 'uint32',
      rule: 'single',
    },
    {
      id: 2,
      name: 'sent',
      type: 'double',
      rule: 'single',
    },
    {
      id: 3,
      name: 'received',
      type: 'double',
      rule: 'single',
    },
    {
      id: 4,
      name: 'phase',
      type: 'string',
      rule: 'single',
    },
    {
      id: 5,
      name: 'started',
      type: 'uint32',
      rule: 'single',
    },
    {
      id: 6,
      name: 'applied',
      type: 'uint32',
      rule: 'single',
    },
    {
      id: 7,
      name: 'since',
      type: 'double',
      rule: 'single',
    },
  ],
  Goodbye: [
    {
      id: 1,
      name: 'code',
      type: 'string',
      rule: 'single',
    },
    {
      id: 2,
      name: 'reason',
      type: 'string',
      rule: 'single',
    },
  ],
};

/** Every enum's values by name. */
export const messageEnums: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  Role: {
    CONTROL: 0,
    DATA: 1,
    OBSERVER: 2,
  },
  Dtype: {
    F16: 0,
    F32: 1,
    F64: 2,
    I8: 3,
    I16: 4,
    I32: 5,
    I64: 6,
    U8: 7,
    U16: 8,
    U32: 9,
    BOOL: 10,
  },
  Op: {
    RESET: 0,
    STEP: 1,
    STEP_MANY: 2,
    SEND: 3,
    RECV: 4,
    GET_STATE: 5,
    SET_STATE: 6,
    RENDER: 7,
    SNAPSHOT: 8,
    RESTORE: 9,
    MODEL: 10,
    VISUALS: 11,
    CLOSE: 12,
    PROBE: 13,
    STATUS: 32,
    LOGS: 33,
    TAKE_OVER: 34,
    DETACH: 35,
  },
  OnEnd: {
    CONTINUE: 0,
    BREAK: 1,
  },
  Bodies: {
    NEVER: 0,
    EPISODE_START: 1,
    ALWAYS: 2,
  },
  Encoding: {
    RAW: 0,
    JPEG: 1,
    PNG: 2,
  },
};
