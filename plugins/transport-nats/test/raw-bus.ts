import { connect, headers, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RawMessage {
  readonly kind: number;
  readonly sent: number;
  readonly taken: number;
  readonly body: Buffer;
  readonly reply: string;
}

/** A message as docs/protocol.md lays it out, made without our own code. */
export function rawMessage(kind: number, sent = 0, taken = 0, body: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(24);
  head.set([kind, 1]);
  head.writeBigUInt64LE(BigInt(sent), 8);
  head.writeBigUInt64LE(BigInt(taken), 16);
  return Buffer.concat([head, body]);
}

export function rawTerms(window: number, largestMessage: number): Buffer {
  const terms = Buffer.alloc(8);
  terms.writeUInt32LE(window, 0);
  terms.writeUInt32LE(largestMessage, 4);
  return terms;
}

/** One who knows the bus and keeps no rules. */
export class RawBus implements AsyncDisposable {
  readonly #connection: NatsConnection;

  private constructor(connection: NatsConnection) {
    this.#connection = connection;
  }

  static async open(servers: string): Promise<RawBus> {
    return new RawBus(await connect({ servers, noAsyncTraces: true }));
  }

  publish(subject: string, message: Uint8Array, reply?: string): void {
    this.#connection.publish(subject, message, reply === undefined ? {} : { reply });
  }

  /** A message that looks as the server's own "no responders" does. */
  publishNoResponders(subject: string): void {
    const status = headers(503, 'No Responders');
    this.#connection.publish(subject, new Uint8Array(0), { headers: status });
  }

  /** Everything that comes on a subject from now on. */
  listen(subject: string): RawMessage[] {
    const heard: RawMessage[] = [];
    this.#connection.subscribe(subject, { callback: (_error, message) => void heard.push(read(message)) });
    return heard;
  }

  async flush(): Promise<void> {
    await this.#connection.flush();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#connection.close();
  }
}

/** The first that fits, waited for. */
export async function heardOf(
  heard: readonly RawMessage[],
  fits: (message: RawMessage) => boolean,
): Promise<RawMessage> {
  for (const began = Date.now(); Date.now() - began < 5_000; await sleep(5)) {
    const found = heard.find(fits);
    if (found) return found;
  }
  throw new Error(`no such message came; ${heard.length} others: kinds ${heard.map(({ kind }) => kind)}`);
}

function read({ data, reply = '' }: Msg): RawMessage {
  const bytes = Buffer.from(data);
  if (bytes.length < 24) return { kind: 0, sent: 0, taken: 0, body: bytes, reply };
  return {
    kind: bytes[0]!,
    sent: Number(bytes.readBigUInt64LE(8)),
    taken: Number(bytes.readBigUInt64LE(16)),
    body: bytes.subarray(24),
    reply,
  };
}
