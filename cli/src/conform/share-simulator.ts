import type { Simulator } from '@farsim/core';

/** One open simulator for rule after rule. */
export interface SharedSimulator extends AsyncDisposable {
  /** Gives it; who closes what this gives closes nothing. */
  readonly open: () => Promise<Simulator>;
  /** Ends it; the next that is given is a new one. */
  readonly renew: () => Promise<void>;
}

/** Opens one for many rules, as a start may take minutes. */
export async function shareSimulator(open: () => Promise<Simulator>): Promise<SharedSimulator> {
  let shared: Simulator | undefined = await open();
  const close = async (): Promise<void> => {
    const closing = shared;
    shared = undefined;
    await closing?.[Symbol.asyncDispose]();
  };
  return {
    open: async () => closedBy((shared ??= await open()), () => Promise.resolve()),
    // one that broke a rule may be beyond closing
    renew: () => close().catch(() => undefined),
    [Symbol.asyncDispose]: close,
  };
}

/** The same port, closed by `close`. */
export function closedBy<Port extends AsyncDisposable>(port: Port, close: () => Promise<void>): Port {
  return new Proxy(port, {
    get(target, key) {
      if (key === Symbol.asyncDispose) return close;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
