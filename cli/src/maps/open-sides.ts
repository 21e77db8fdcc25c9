import { ResourceStack } from '@farsim/core';
import { takeInterruption } from '../terminal/interruption.ts';
import { createProgressLine } from '../terminal/progress-line.ts';
import { openSide, type Side } from './open-side.ts';

/** The two sides of a command, open until it ends. */
export interface Sides extends AsyncDisposable {
  readonly from: Side;
  readonly to: Side;
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
  /** Takes the progress away, so that the answer can be printed. */
  clear(): void;
}

/** Opens both sides, one after the other, and shows how that goes; `quiet` on a terminal only. Throws what opening throws, the first side closed again. */
export async function openSides(
  { from, to }: { readonly from: string; readonly to: string },
  quiet: boolean,
): Promise<Sides> {
  const stack = new ResourceStack();
  const interruption = takeInterruption('stopping');
  await stack.defer('interruption', () => interruption[Symbol.dispose]());
  const line = createProgressLine(quiet);
  await stack.defer('progress', () => line[Symbol.dispose]());
  const { signal } = interruption;
  const hooks = {
    signal,
    progress: (text: string) => line.phase(text),
    log: (text: string) => line.note(text),
  };
  try {
    return {
      from: await stack.use(from, openSide(from, hooks)),
      to: await stack.use(to, openSide(to, hooks)),
      signal,
      clear: () => line[Symbol.dispose](),
      [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
    };
  } catch (error) {
    await stack[Symbol.asyncDispose]().catch(() => undefined);
    throw error;
  }
}
