import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import {
  farKeys,
  openRemoteSimulator,
  type BridgeOrder,
  type Codec,
  type OpenContext,
  type RemoteSimulator,
  type Transport,
} from '@farsim/core';
import { protobufCodec } from '@farsim/codec-protobuf';
import localTransport from '@farsim/transport-local';

/** A plugin's surroundings for tests that open one by itself. */
export function openContext(overrides: Partial<OpenContext> = {}): OpenContext {
  return {
    name: 'plant',
    folder: process.cwd(),
    signal: new AbortController().signal,
    progress: () => undefined,
    log: () => undefined,
    section: () => Promise.reject(new Error('no other sections in this test')),
    recording: () => Promise.reject(new Error('no recordings in this test')),
    ...overrides,
  };
}

export function openLocalTransport(): Promise<Transport> {
  return localTransport.open(localTransport.config.parse({}), openContext());
}

export interface FarOrder {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly far?: Readonly<Record<string, unknown>>;
  readonly codec?: Codec;
  readonly signal?: AbortSignal;
  readonly takeOver?: boolean;
  /** See AdapterSource. */
  readonly remakes?: readonly string[];
  readonly progress?: (line: string) => void;
}

/** Starts the shipped counter over a transport. */
export async function openCounter(transport: Transport, order: FarOrder = {}): Promise<RemoteSimulator> {
  return openAdapter(transport, 'sim-counter', 'counter_adapter:CounterAdapter', order);
}

/** Starts one of the shipped adapters by plugin folder and entry, with the interpreter that the order names. */
export async function openAdapter(
  transport: Transport,
  plugin: string,
  entry: string,
  order: FarOrder = {},
): Promise<RemoteSimulator> {
  return openRemoteSimulator(
    transport,
    order.codec ?? protobufCodec,
    await adapterOrder(plugin, entry, order),
  );
}

/** What the bridge is told to start a counter. */
export function counterOrder(order: FarOrder = {}): Promise<BridgeOrder> {
  return adapterOrder('sim-counter', 'counter_adapter:CounterAdapter', order);
}

async function adapterOrder(plugin: string, entry: string, order: FarOrder): Promise<BridgeOrder> {
  const file = `${entry.split(':')[0]}.py`;
  const source = new URL(path.join('..', 'plugins', plugin, 'adapters', file), import.meta.url);
  return {
    name: 'plant',
    adapter: {
      entry,
      files: new Map([[file, await readFile(source)]]),
      requirements: [],
      remakes: order.remakes,
    },
    options: z.object(farKeys).parse(order.far ?? {}),
    config: order.config ?? {},
    files: {},
    signal: order.signal ?? new AbortController().signal,
    takeOver: order.takeOver,
    progress: order.progress ?? (() => undefined),
  };
}
