import { protobufCodec } from '@farsim/codec-protobuf';
import { connect } from '@nats-io/transport-node';
import { decodeFrame } from '../core/src/session/wire/frame-format.ts';
import { FrameSplitter } from '../core/src/session/channels/frame-splitter.ts';
import { LayoutReader } from '../core/src/session/wire/layouts.ts';

/** What one hears who only subscribes: specs as JSON texts, and `obs` of the first row of each frame. */
export interface BusWatch extends AsyncDisposable {
  readonly specs: string[];
  readonly sums: number[];
  /** Messages that came, empty ones aside. */
  messages: number;
}

const headBytes = 16;

/** Subscribes to a session's `frames` subject and reads them as docs/protocol.md says, "Watching over a bus". */
export async function watchOverBus(servers: string, subject: string): Promise<BusWatch> {
  const connection = await connect({ servers, noAsyncTraces: true });
  const watch: BusWatch = {
    specs: [],
    sums: [],
    messages: 0,
    [Symbol.asyncDispose]: () => connection.close(),
  };
  let parts: Buffer = Buffer.alloc(0);
  connection.subscribe(subject, {
    callback: (_error, { data }) => {
      const message = Buffer.from(data);
      if (message.length < headBytes) return;
      watch.messages++;
      const [kind, at, total] = [message[0], message.readUInt32LE(8), message.readUInt32LE(12)];
      if (at === 0) parts = Buffer.alloc(0);
      if (at !== parts.length) return;
      parts = Buffer.concat([parts, message.subarray(headBytes)]);
      if (parts.length === total) read(watch, kind === 1, parts);
    },
  });
  await connection.flush();
  return watch;
}

function read(watch: BusWatch, isSpec: boolean, bytes: Buffer): void {
  const layouts = new LayoutReader();
  const splitter = new FrameSplitter(1 << 28, (frame) => {
    const { header, payloadOffset } = decodeFrame(protobufCodec, frame);
    if (isSpec && header.kind === 'spec') watch.specs.push(header.body.world);
    else if (header.kind === 'layout') layouts.learn(header.body);
    else if (header.kind === 'reply') {
      const { blocks } = header.body;
      const tensors = layouts.read(blocks, frame, payloadOffset)[0]!;
      const place = layouts.get(blocks[0]!.layout).tensors.findIndex(({ name }) => name === 'obs');
      watch.sums.push(tensors[place]!.data[0] as number);
    }
  });
  splitter.feed(bytes);
}
