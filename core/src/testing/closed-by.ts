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
