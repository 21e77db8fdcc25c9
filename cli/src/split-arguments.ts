import { isOverride } from '@farsim/core';

/** Takes config files and overrides apart: `a.yaml run.episodes=3 ~run.video`. */
export function splitArguments(words: readonly string[]): {
  readonly files: string[];
  readonly overrides: string[];
} {
  return { files: words.filter((word) => !isOverride(word)), overrides: words.filter(isOverride) };
}
