import type { Transport } from '@farsim/core';
import { simulatorContract } from '@farsim/core/testing';
import { afterAll, beforeAll, describe } from 'vitest';
import { holdToContract } from '../hold-to-contract.ts';
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
  holdToContract(simulatorContract, open);
});
