import type { Simulator } from '../ports/simulator.ts';
import { closedBy } from './closed-by.ts';
import type { ContractRule } from './contract.ts';
import { simulatorContract } from './simulator-contract.ts';

/** The rules of a simulator over one that stays open; dispose of it after the last rule. */
export interface SharedSimulatorContract extends AsyncDisposable {
  readonly rules: readonly ContractRule[];
  /** Gives the open one, opened if need be; who closes what this gives closes nothing. */
  readonly open: () => Promise<Simulator>;
}

/**
 * {@link simulatorContract} on one simulator for rule after rule, as a start may take minutes and a machine may have room
 * for one alone. It is opened for the first rule, and anew after one that was broken; rules that close theirs get their own.
 * The rules are checked one after the other.
 */
export function sharedSimulatorContract(open: () => Promise<Simulator>): SharedSimulatorContract {
  let shared: Promise<Simulator> | undefined;
  const close = async (): Promise<void> => {
    const closing = shared;
    shared = undefined;
    await (await closing)?.[Symbol.asyncDispose]();
  };
  const lend = async (): Promise<Simulator> => closedBy(await (shared ??= open()), () => Promise.resolve());
  const another = async (): Promise<Simulator> => {
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
      ...simulatorContract(lend)
        .filter(({ closes }) => !closes)
        .map(renewing),
      ...simulatorContract(another).filter(({ closes }) => closes),
    ],
    open: lend,
    [Symbol.asyncDispose]: close,
  };
}
