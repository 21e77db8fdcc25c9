// Made from plugins/codec-protobuf/farsim.proto by `npm run generate`.

export const Role = {
  control: 0,
  data: 1,
  observer: 2,
} as const;
export type Role = (typeof Role)[keyof typeof Role];

export const Dtype = {
  f16: 0,
  f32: 1,
  f64: 2,
  i8: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  u8: 7,
  u16: 8,
  u32: 9,
  bool: 10,
} as const;
export type Dtype = (typeof Dtype)[keyof typeof Dtype];

export const Op = {
  reset: 0,
  step: 1,
  stepMany: 2,
  send: 3,
  recv: 4,
  getState: 5,
  setState: 6,
  render: 7,
  snapshot: 8,
  restore: 9,
  model: 10,
  visuals: 11,
  close: 12,
  probe: 13,
  status: 32,
  logs: 33,
  takeOver: 34,
  detach: 35,
  remake: 36,
} as const;
export type Op = (typeof Op)[keyof typeof Op];

export const OnEnd = {
  continue: 0,
  break: 1,
} as const;
export type OnEnd = (typeof OnEnd)[keyof typeof OnEnd];

export const Bodies = {
  never: 0,
  episodeStart: 1,
  always: 2,
} as const;
export type Bodies = (typeof Bodies)[keyof typeof Bodies];

export const Encoding = {
  raw: 0,
  jpeg: 1,
  png: 2,
} as const;
export type Encoding = (typeof Encoding)[keyof typeof Encoding];

export interface Challenge {
  readonly nonce: Uint8Array;
  readonly oldest: number;
  readonly newest: number;
}

export interface Hello {
  readonly version: number;
  readonly client: string;
  readonly nonce: Uint8Array;
  readonly proof: Uint8Array;
  readonly role: Role;
  readonly features: readonly string[];
  readonly resume?: Resume;
  readonly takeOver: boolean;
  readonly fence: number;
  readonly user: string;
}

export interface Resume {
  readonly session: string;
  readonly epoch: number;
  readonly ack: number;
}

export interface Welcome {
  readonly session: string;
  readonly epoch: number;
  readonly fence: number;
  readonly phase: string;
  readonly creditRequests: number;
  readonly creditBytes: number;
  readonly frameLimit: number;
  readonly proof: Uint8Array;
  readonly features: readonly string[];
  readonly applied: number;
  readonly kept: number;
  readonly ledgerIndex: number;
  readonly ledgerHead: Uint8Array;
}

export interface Refused {
  readonly code: string;
  readonly message: string;
  readonly oldest: number;
  readonly newest: number;
  readonly details: string;
}

export interface Event {
  readonly counter: number;
  readonly kind: string;
  readonly time: number;
  readonly text: string;
  readonly data: string;
}

export interface Spec {
  readonly world: string;
  readonly hash: Uint8Array;
}

export interface Layout {
  readonly id: number;
  readonly tensors: readonly TensorLayout[];
}

export interface TensorLayout {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
}

export interface Block {
  readonly layout: number;
  readonly lengths: readonly number[];
  readonly info: string;
  readonly finalInfo: string;
}

export interface Request {
  readonly seq: number;
  readonly ack: number;
  readonly chain: number;
  readonly op: Op;
  readonly onEnd: OnEnd;
  readonly deadline?: number;
  readonly repeat: number;
  readonly want?: Want;
  readonly blocks: readonly Block[];
  readonly min: number;
  readonly options: string;
}

export interface Want {
  readonly state: boolean;
  readonly bodies: Bodies;
  readonly cameras: readonly string[];
  readonly every: number;
  readonly encoding: Encoding;
  readonly envs: readonly number[];
}

export interface Reply {
  readonly seq: number;
  readonly replayed: boolean;
  readonly blocks: readonly Block[];
  readonly error?: Failure;
  readonly value: string;
  readonly received: number;
  readonly started: number;
  readonly finished: number;
  readonly encoded: number;
  readonly ledgerIndex: number;
  readonly ledgerHead: Uint8Array;
}

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly suggestions: readonly string[];
  readonly details: string;
  readonly applied: boolean;
}

export interface Ack {
  readonly ack: number;
}

export interface Ping {
  readonly id: number;
  readonly sent: number;
}

export interface Pong {
  readonly id: number;
  readonly sent: number;
  readonly received: number;
  readonly phase: string;
  readonly started: number;
  readonly applied: number;
  readonly since: number;
}

export interface Goodbye {
  readonly code: string;
  readonly reason: string;
}

/** The header of one frame, as decoded: what was absent reads as zero, empty or false. */
export type Header =
  | { readonly kind: 'challenge'; readonly body: Challenge }
  | { readonly kind: 'hello'; readonly body: Hello }
  | { readonly kind: 'welcome'; readonly body: Welcome }
  | { readonly kind: 'refused'; readonly body: Refused }
  | { readonly kind: 'event'; readonly body: Event }
  | { readonly kind: 'spec'; readonly body: Spec }
  | { readonly kind: 'layout'; readonly body: Layout }
  | { readonly kind: 'request'; readonly body: Request }
  | { readonly kind: 'reply'; readonly body: Reply }
  | { readonly kind: 'ack'; readonly body: Ack }
  | { readonly kind: 'ping'; readonly body: Ping }
  | { readonly kind: 'pong'; readonly body: Pong }
  | { readonly kind: 'goodbye'; readonly body: Goodbye };
export type HeaderKind = Header['kind'];

/** A message to be sent: what is left out is the default. */
export type Sendable<Message> = Message extends Uint8Array | string | number | boolean
  ? Message
  : Message extends readonly (infer Item)[]
    ? readonly Sendable<Item>[]
    : { readonly [Field in keyof Message]?: Sendable<Message[Field]> | undefined };

/** The header of a frame to be sent. */
export type HeaderToSend = {
  [Kind in HeaderKind]: {
    readonly kind: Kind;
    readonly body: Sendable<Extract<Header, { kind: Kind }>['body']>;
  };
}[HeaderKind];
