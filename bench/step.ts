import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { f32, openRemoteSimulator, farKeys, type Codec, type Transport } from '@farsim/core';
import { protobufCodec } from '@farsim/codec-protobuf';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Bench, Contestant, Opened } from './harness.ts';

/** Bytes of the raw request: what a step request of one number comes to. */
export const rawRequestBytes = 40;
const rawPeer = fileURLToPath(new URL('raw_peer.py', import.meta.url));
const counterAdapter = new URL('../plugins/sim-counter/adapters/counter_adapter.py', import.meta.url);

/** A no-op step with replies of `bytes`, beside a bare exchange of as many bytes over the same kind of link with the same languages at its ends. */
export function stepBench(
  link: string,
  bytes: number,
  samples: number,
  raw: Contestant,
  openTransport: () => Promise<Transport>,
): Bench {
  const farsim: Contestant = {
    name: 'farsim',
    open: async () => {
      const transport = await openTransport();
      const simulator = await openCounter(transport, protobufCodec, bytes);
      await simulator.reset();
      const action = f32([1], [1, 1]);
      return {
        once: () => simulator.step(action),
        async [Symbol.asyncDispose]() {
          await simulator[Symbol.asyncDispose]();
          await transport[Symbol.asyncDispose]();
        },
      };
    },
  };
  return { name: 'step', link, bytes, samples, contestants: [raw, farsim] };
}

/** Opens the counter whose observations have so many bytes. `variant`: a class over it in a file of its own. */
export async function openCounter(
  transport: Transport,
  codec: Codec,
  payloadBytes: number,
  variant: Readonly<Record<string, URL>> = { CounterAdapter: counterAdapter },
) {
  const files = new Map<string, Uint8Array>();
  for (const url of [counterAdapter, ...Object.values(variant)])
    files.set(path.basename(url.pathname), await readFile(url));
  const [[className, file]] = Object.entries(variant) as [[string, URL]];
  return openRemoteSimulator(transport, codec, {
    name: 'counter',
    adapter: { entry: `${path.basename(file.pathname, '.py')}:${className}`, files, requirements: [] },
    options: z.object(farKeys).parse({}),
    config: { payload_bytes: payloadBytes },
    files: {},
    signal: new AbortController().signal,
    progress: () => undefined,
  });
}

/** A bare exchange over a unix socket with a Python peer. */
export function rawUnix(bytes: number): Contestant {
  return {
    name: 'raw',
    open: async () => {
      const folder = await mkdtemp(path.join(os.tmpdir(), 'farsim-bench-'));
      const address = path.join(folder, 'raw.sock');
      const peer = spawn('python3', [rawPeer, 'unix', address, String(rawRequestBytes), String(bytes)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(peer.stdout, 'data');
      const socket = net.connect(address);
      await once(socket, 'connect');
      return rawExchange(socket, bytes, async () => {
        socket.destroy();
        await ended(peer);
        await rm(folder, { recursive: true });
      });
    },
  };
}

/** Sends a request and waits until as many bytes as the reply has came back. */
export function rawExchange(stream: Duplex, bytes: number, close: () => Promise<void>): Opened {
  const request = new Uint8Array(rawRequestBytes);
  let missing = 0;
  let done: () => void = () => undefined;
  stream.on('data', (chunk: Buffer) => {
    missing -= chunk.length;
    if (missing === 0) done();
  });
  return {
    once: () => {
      missing = bytes;
      const answered = new Promise<void>((resolve) => (done = resolve));
      stream.write(request);
      return answered;
    },
    [Symbol.asyncDispose]: close,
  };
}

async function ended(peer: ChildProcess): Promise<void> {
  if (peer.exitCode === null && peer.signalCode === null) await once(peer, 'exit');
}
