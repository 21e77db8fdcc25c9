import { describe, test } from 'vitest';
import { createCounter } from '../src/simulators/counter.ts';
import { simulatorContract } from '../src/testing/simulator-contract.ts';

describe.each([1, 3])('the counter with %i envs', (envs) => {
  for (const { fact, check } of simulatorContract(async () => createCounter({ envs, size: 2 })))
    test(fact, check);
});
