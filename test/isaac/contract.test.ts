import type { Transport } from '@farsim/core';
import { sharedSimulatorContract } from '@farsim/core/testing';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { openIsaac, openTransport } from './open-isaac.ts';

let transport: Transport;
beforeAll(async () => {
  transport = await openTransport();
});
afterAll(async () => {
  await transport[Symbol.asyncDispose]();
});

describe('Isaac Lab keeps the simulator’s contract', () => {
  const open = () => openIsaac(transport, { task: 'Isaac-Cartpole', envs: 3 });
  const contract = sharedSimulatorContract(open);
  afterAll(() => contract[Symbol.asyncDispose]());
  for (const { fact, check } of contract.rules) test(fact, check);
});
