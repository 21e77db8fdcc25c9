import { FarsimError, isOverride } from '@farsim/core';

/** The run that a command's words name, and its `key=value` words; the newest run when none is named. Throws USAGE for several. */
export function chooseRun(words: readonly string[]): {
  readonly run: string;
  readonly keys: readonly string[];
} {
  const [run = 'runs/latest', ...more] = words.filter((word) => !isOverride(word));
  if (more.length > 0)
    throw new FarsimError('USAGE', `one run at a time: ${[run, ...more].join(', ')}`, {
      suggestions: ['call it once for each'],
    });
  return { run, keys: words.filter(isOverride) };
}
