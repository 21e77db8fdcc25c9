import { closedBy } from './closed-by.ts';
import type { ContractRule } from './contract.ts';

/** The rules of a contract over one part that stays open; dispose of it after the last rule. */
export interface SharedContract<Subject> extends AsyncDisposable {
  readonly rules: readonly ContractRule[];
  /** Gives the open one, opened if need be; who closes what this gives closes nothing. */
  readonly open: () => Promise<Subject>;
}

/**
 * A contract on one part for rule after rule, as a start may take minutes and a machine may have room for one alone:
 * `sharedContract(simulatorContract, open)`. It is opened for the first rule, and anew after one that was broken; rules
 * that close theirs get their own. The rules are checked one after the other.
 */
export function sharedContract<Subject extends AsyncDisposable>(
  contract: (open: () => Promise<Subject>) => readonly ContractRule[],
  open: () => Promise<Subject>,
): SharedContract<Subject> {
  let shared: Promise<Subject> | undefined;
  const close = async (): Promise<void> => {
    const closing = shared;
    shared = undefined;
    await (await closing)?.[Symbol.asyncDispose]();
  };
  const lend = async (): Promise<Subject> => closedBy(await (shared ??= open()), () => Promise.resolve());
  const another = async (): Promise<Subject> => {
    await close();
    return open();
  };
  const renewing = ({ fact, check }: ContractRule): ContractRule => ({
    fact,
    check: async () => {
      try {
        return await check();
      } catch (broken) {
        // one that broke a rule may be beyond closing
        await close().catch(() => undefined);
        throw broken;
      }
    },
  });
  return {
    rules: [
      ...contract(lend)
        .filter(({ closes }) => !closes)
        .map(renewing),
      ...contract(another).filter(({ closes }) => closes),
    ],
    open: lend,
    [Symbol.asyncDispose]: close,
  };
}
