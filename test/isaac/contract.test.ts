import type { Transport } from '@farsim/core';
import { simulatorContract } from '@farsim/core/testing';
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
  for (const { fact, check } of simulatorContract(open)) test(fact, check);
});
