import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import net from 'node:net';
import { protobufCodec } from '@farsim/codec-protobuf';
import {
  createRemoteSimulator,
  decodeFrame,
  dialSession,
  encodeFrame,
  isFarsimError,
  proof,
  startBridge,
  type StartedBridge,
  type ClientIdentity,
  type RemoteSimulator,
} from '@farsim/core';
import { openLocalTransport, counterOrder } from '../open-far.ts';
import { inflict, type FaultRow } from './fault-row.ts';
import { one, sumOf } from './stepping.ts';

/** A bridge with a counter that nobody has dialled yet. */
async function withBridge<T>(use: (bridge: StartedBridge, socket: string) => Promise<T>): Promise<T> {
  await using transport = await openLocalTransport();
  const bridge = await startBridge(transport.host!, await counterOrder({ far: { lease: { grace: 30 } } }));
  try {
    return await use(bridge, (bridge.address as string).replace(/^unix:/, ''));
  } finally {
    await bridge.down();
  }
}

async function dialAs(
  bridge: StartedBridge,
  identity: ClientIdentity,
  takeOver = false,
): Promise<RemoteSimulator> {
  const { address, token } = bridge;
  const transport = await openLocalTransport();
  const connect = transport.connect!.bind(transport);
  const session = await dialSession({
    ...{ connect, address, token, codec: protobufCodec, identity, takeOver, graceMs: 5_000 },
  }).catch(async (error: unknown) => {
    await transport[Symbol.asyncDispose]();
    throw error;
  });
  return createRemoteSimulator(session, async () => {
    await session[Symbol.asyncDispose]();
    await transport[Symbol.asyncDispose]();
  });
}

async function strangers(): Promise<number> {
  return withBridge(async (bridge, socket) => {
    assert.equal(statSync(socket).mode & 0o777, 0o600);
    assert.deepEqual(listeningPorts(bridge.session), []);
    const wrong = { ...bridge, token: '00'.repeat(32) };
    await assert.rejects(
      dialAs(wrong, who('thief')),
      (error) => isFarsimError(error) && error.code === 'TOKEN_REFUSED',
    );
    const began = performance.now();
    const silent = await Promise.all(
      Array.from({ length: 1_000 }, async () => {
        const client = net.connect(socket);
        client.on('error', () => client.destroy());
        const heard: Buffer[] = [];
        client.on('data', (chunk: Buffer) => heard.push(chunk));
        await once(client, 'close', { signal: AbortSignal.timeout(8_000) });
        return Buffer.concat(heard);
      }),
    );
    const took = performance.now() - began;
    assert.ok(
      silent.every((heard) => heard.length === 0),
      'something was said to a silent stranger',
    );
    assert.ok(took < 8_000);
    await using owner = await dialAs(bridge, who('owner'));
    assert.equal(sumOf(await owner.reset()), 0);
    return took;
  });
}

function who(client: string): ClientIdentity {
  return { client: `${client}-${randomUUID()}`, user: `${client}@here` };
}

/** TCP ports that processes of the session listen on. */
function listeningPorts(session: string): string[] {
  const inodes = new Set<string>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`FARSIM_SESSION=${session}`)) continue;
      for (const fd of readdirSync(`/proc/${pid}/fd`)) {
        const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
        if (inode) inodes.add(inode);
      }
    } catch {
      continue;
    }
  }
  const listening = '0A';
  return ['tcp', 'tcp6'].flatMap((kind) =>
    readFileSync(`/proc/net/${kind}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((words) => words[3] === listening && inodes.has(words[9]!))
      .map((words) => words[1]!),
  );
}

/** A client that chose a protocol of its own: the bridge refuses it with both ranges, or speaks it. */
async function chooseVersion(version: number): Promise<number> {
  return withBridge(async ({ token }, socket) => {
    const client = net.connect(socket);
    await once(client, 'connect');
    const preamble = Buffer.from([0x46, 0x53, 0x49, 0x4d, 1, protobufCodec.id, 0, 0]);
    client.write(preamble);
    let heard = Buffer.alloc(0);
    const frame = async (): Promise<ReturnType<typeof decodeFrame>['header']> => {
      for (;;) {
        const length = heard.length >= 4 ? heard.readUInt32LE(0) + 4 : Infinity;
        if (heard.length >= length) {
          const bytes = Uint8Array.from(heard.subarray(0, length));
          heard = heard.subarray(length);
          return decodeFrame(protobufCodec, bytes).header;
        }
        const [chunk] = (await once(client, 'data')) as [Buffer];
        heard = Buffer.concat([heard, chunk]);
      }
    };
    while (heard.length < 8) heard = Buffer.concat([heard, ((await once(client, 'data')) as [Buffer])[0]]);
    heard = heard.subarray(8);
    const challenge = await frame();
    assert.equal(challenge.kind, 'challenge');
    const {
      oldest,
      newest,
      nonce: theirs,
    } = challenge.body as { oldest: number; newest: number; nonce: Uint8Array };
    const nonce = new Uint8Array(32);
    const body = {
      ...{ version, client: 'x', user: 'x@here', nonce, role: 0, features: [], takeOver: false, fence: 0 },
      proof: proof(token, 'farsim client', theirs, nonce),
    };
    const began = performance.now();
    client.write(Buffer.concat(encodeFrame(protobufCodec, { kind: 'hello', body } as never)));
    const answer = await frame();
    const took = performance.now() - began;
    client.destroy();
    if (version >= oldest && version <= newest) assert.equal(answer.kind, 'welcome');
    else {
      assert.equal(answer.kind, 'refused');
      const refused = answer.body as { code: string; message: string; oldest: number; newest: number };
      assert.equal(refused.code, 'VERSION');
      assert.match(refused.message, new RegExp(`${version}.*${oldest}`));
      assert.deepEqual([refused.oldest, refused.newest], [oldest, newest]);
    }
    return took;
  });
}

async function takeOver(): Promise<number> {
  return withBridge(async (bridge) => {
    await using first = await dialAs(bridge, who('first'));
    await first.reset();
    await first.step(one);
    await assert.rejects(
      dialAs(bridge, who('second')),
      (error) => isFarsimError(error) && error.code === 'BUSY' && error.message.includes('first@here'),
    );
    assert.equal(sumOf(await first.step(one)), 2);
    const began = performance.now();
    await using third = await dialAs(bridge, who('third'), true);
    await assert.rejects(first.step(one), (error) => isFarsimError(error) && error.code === 'FENCED');
    assert.equal(sumOf(await third.step(one)), 3);
    return performance.now() - began;
  });
}

export const strangersAndRivals: readonly FaultRow[] = [
  {
    id: 'R11',
    fault: 'no token, a wrong token, 1,000 silent connections; what listens',
    full: 1,
    quick: 1,
    run: (count) => inflict(count, '1,000 silent connections closed', strangers),
  },
  {
    id: 'R16',
    fault: 'protocol versions before, of and after this one',
    full: 3,
    quick: 3,
    run: (count) => inflict(count, 'HELLO to the answer', chooseVersion),
  },
  {
    id: 'R17',
    fault: 'a second client, and one that takes over',
    full: 50,
    quick: 1,
    run: (count) => inflict(count, 'take-over to its first step', takeOver, 2),
  },
];
