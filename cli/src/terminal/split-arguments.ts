import { FarsimError, isOverride } from '@farsim/core';
import { existsSync } from 'node:fs';

const keyOfConfig = /^\+?(hosts|transports|codecs|recorders|controllers|simulators|run)[.[]/;

/** Takes config files and overrides apart: `a.yaml run.episodes=3 ~run.video`. Throws USAGE for a key without a value. */
export function splitArguments(words: readonly string[]): {
  readonly files: string[];
  readonly overrides: string[];
} {
  const bare = words.find((word) => !isOverride(word) && keyOfConfig.test(word) && !existsSync(word));
  if (bare !== undefined)
    throw new FarsimError('USAGE', `'${bare}' has no value`, {
      suggestions: [`write ${bare}=VALUE, or ~${bare.replace(/^\+/, '')} to remove it`],
    });
  return { files: words.filter((word) => !isOverride(word)), overrides: words.filter(isOverride) };
}
