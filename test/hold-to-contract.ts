import { sharedContract, type ContractRule } from '@farsim/core/testing';
import { afterAll, test } from 'vitest';

/** A test for each rule of a contract, on one part that stays open for all. */
export function holdToContract<Subject extends AsyncDisposable>(
  contract: (open: () => Promise<Subject>) => readonly ContractRule[],
  open: () => Promise<Subject>,
): void {
  const shared = sharedContract(contract, open);
  afterAll(() => shared[Symbol.asyncDispose]());
  for (const { fact, check } of shared.rules) test(fact, check);
}
