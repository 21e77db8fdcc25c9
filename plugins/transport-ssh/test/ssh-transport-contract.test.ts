import { hostContract, transportContract } from '@farsim/core/testing';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { holdToContract } from '../../../test/hold-to-contract.ts';
import { startSshd, type Sshd } from '../../../test/sshd/start-sshd.ts';
import { subjects } from './transport-under-test.ts';

let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd[Symbol.asyncDispose]());

for (const client of ['ssh2', 'openssh'] as const) {
  const { transports, host } = subjects(() => sshd, client);
  for (const [kind, open] of Object.entries(transports)) {
    // OpenSSH carries every forward alike
    if (client === 'openssh' && kind === 'forwarded port') continue;
    describe(`${kind}, by ${client}`, () => {
      holdToContract(transportContract, open);
    });
  }
  describe(`host, by ${client}`, () => {
    for (const { fact, check } of hostContract(host)) test(fact, check);
  });
}
