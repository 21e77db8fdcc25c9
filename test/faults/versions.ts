import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { protobufCodec } from '@farsim/codec-protobuf';
import { decodeFrame, encodeFrame, isFarsimError, proof } from '@farsim/core';
import { inflict, type FaultRow } from './fault-row.ts';
import { dialAs, who, withBridge } from './lonely-bridge.ts';
import { one, sumOf } from './stepping.ts';

/** What a socket says, as the preamble and then frames. */
function listen(socket: net.Socket): { take(bytes: number): Promise<Buffer>; frame(): Promise<Uint8Array> } {
  let heard = Buffer.alloc(0);
  const take = async (bytes: number): Promise<Buffer> => {
    while (heard.length < bytes) {
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      heard = Buffer.concat([heard, chunk]);
    }
    const taken = heard.subarray(0, bytes);
    heard = heard.subarray(bytes);
    return taken;
  };
  const frame = async (): Promise<Uint8Array> => {
    const length = await take(4);
    return Uint8Array.from(Buffer.concat([length, await take(length.readUInt32LE(0))]));
  };
  return { take, frame };
}

/** A client that chose a protocol of its own: the bridge refuses it with both ranges, or speaks it. */
async function chooseVersion(version: number): Promise<number> {
  return withBridge(async ({ token }, socket) => {
    const client = net.connect(socket);
    await once(client, 'connect');
    const preamble = Buffer.from([0x46, 0x53, 0x49, 0x4d, 1, protobufCodec.id, 0, 0]);
    client.write(preamble);
    const { take, frame } = listen(client);
    const header = async () => decodeFrame(protobufCodec, await frame()).header;
    await take(8);
    const challenge = await header();
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
    const answer = await header();
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

/** A bridge that offers other versions than it speaks, to this client: refused with both ranges, or spoken to in a version of both. */
async function offerVersions(oldest: number, newest: number): Promise<number> {
  const folder = await mkdtemp(path.join(tmpdir(), 'farsim-versions-'));
  const sockets: net.Socket[] = [];
  const server = net.createServer();
  try {
    return await withBridge(async (bridge, socket) => {
      server.on('connection', (near) => {
        const far = net.connect(socket);
        for (const end of [near, far]) end.on('error', () => undefined);
        sockets.push(near, far);
        near.pipe(far);
        void passOn(far, near, { oldest, newest }).catch(() => undefined);
      });
      server.listen(path.join(folder, 's.sock'));
      await once(server, 'listening');
      const other = { ...bridge, address: `unix:${folder}/s.sock` };
      const began = performance.now();
      if (oldest <= 1 && newest >= 1) {
        await using simulator = await dialAs(other, who('client'));
        await simulator.reset();
        assert.equal(sumOf(await simulator.step(one)), 1);
      } else {
        const offered = oldest === newest ? `${oldest}` : `${oldest} to ${newest}`;
        await assert.rejects(
          dialAs(other, who('client')),
          (error) =>
            isFarsimError(error) &&
            error.code === 'VERSION' &&
            error.message.includes(`speaks protocol ${offered}, this farsim 1`),
        );
      }
      return performance.now() - began;
    });
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Passes on what the bridge says, its CHALLENGE with another range. */
async function passOn(far: net.Socket, near: net.Socket, range: object): Promise<void> {
  const { take, frame } = listen(far);
  near.write(await take(8));
  const { kind, body } = decodeFrame(protobufCodec, await frame()).header;
  assert.equal(kind, 'challenge');
  near.write(
    Buffer.concat(encodeFrame(protobufCodec, { kind, body: { ...(body as object), ...range } } as never)),
  );
  far.pipe(near);
}

const offers: readonly (readonly [oldest: number, newest: number])[] = [
  [0, 0],
  [0, 2],
  [2, 3],
];

export const versions: readonly FaultRow[] = [
  {
    id: 'R16',
    fault: 'protocol versions before, of and after this one, of the client and of the far side',
    full: 6,
    quick: 6,
    run: (count) =>
      inflict(count, 'HELLO to the answer', (i) =>
        i < 3 ? chooseVersion(i) : offerVersions(...offers[i - 3]!),
      ),
  },
];
