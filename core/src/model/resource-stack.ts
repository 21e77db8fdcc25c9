import { toFarsimError } from './errors.ts';

/**
 * Things opened in order of dependency and closed in reverse, one at a time. A failure to close never keeps another
 * from being closed; the failures are thrown together at the end. Closing twice is fine.
 */
export class ResourceStack implements AsyncDisposable {
  readonly #resources: { name: string; close: () => PromiseLike<void> | void }[] = [];
  #closing: Promise<void> | undefined;

  /** Takes ownership of `resource` and returns it. On a stack that was closed meanwhile the resource is closed at once. */
  async use<T extends AsyncDisposable>(name: string, opening: T | PromiseLike<T>): Promise<T> {
    const resource = await opening;
    await this.defer(name, () => resource[Symbol.asyncDispose]());
    return resource;
  }

  /** Calls `close` when the stack closes. */
  async defer(name: string, close: () => PromiseLike<void> | void): Promise<void> {
    if (this.#closing) {
      await close();
      return;
    }
    this.#resources.push({ name, close });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return (this.#closing ??= this.#closeAll());
  }

  async #closeAll(): Promise<void> {
    const failures: Error[] = [];
    for (;;) {
      const resource = this.#resources.pop();
      if (!resource) break;
      try {
        await resource.close();
      } catch (error) {
        failures.push(toFarsimError(error));
      }
    }
    if (failures.length === 1) throw failures[0]!;
    if (failures.length > 1) throw new AggregateError(failures, failures.map((f) => f.message).join('; '));
  }
}
