import { hostContract, transportContract } from '@farsim/core/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import {
  loopbackTcp,
  openEchoing,
  openEchoProgram,
  openHostUnderTest,
  unixSocket,
} from '../../../test/open-echoing.ts';
import { holdToContract } from '../../../test/hold-to-contract.ts';
import { makeCertificates } from '../../../test/make-certificates.ts';
import { LocalTransport } from '../src/local-transport.ts';
import { readTls } from '../src/tls-files.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'farsim-test-'));
  await makeCertificates(folder);
});
afterAll(() => rm(folder, { recursive: true }));

const kinds = {
  'unix socket': () => openEchoing(unixSocket, new LocalTransport()),
  'tcp on loopback': () => openEchoing(loopbackTcp, new LocalTransport()),
  'tcp with TLS': async () => {
    const near = new LocalTransport({ tls: await readTls({ ca: 'ca.pem' }, folder) });
    const far = new LocalTransport({ tls: await readTls({ cert: 'server.pem', key: 'server.key' }, folder) });
    return openEchoing(loopbackTcp, near, far);
  },
  program: async () => openEchoProgram(new LocalTransport()),
};
for (const [kind, open] of Object.entries(kinds)) {
  describe(kind, () => {
    holdToContract(transportContract, open);
  });
}

describe('host', () => {
  const open = () => openHostUnderTest(new LocalTransport());
  for (const { fact, check } of hostContract(open)) test(fact, check);
});
