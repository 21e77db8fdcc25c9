import { hostContract, transportContract } from '@farsim/core/testing';
import { describe, test } from 'vitest';
import {
  loopbackTcp,
  openEchoing,
  openEchoProgram,
  openHostUnderTest,
  unixSocket,
} from '../../../test/open-echoing.ts';
import { holdToContract } from '../../../test/hold-to-contract.ts';
import { LocalTransport } from '../src/local-transport.ts';

const kinds = {
  'unix socket': () => openEchoing(unixSocket, new LocalTransport()),
  'tcp on loopback': () => openEchoing(loopbackTcp, new LocalTransport()),
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
