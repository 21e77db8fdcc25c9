import { FarsimError } from '@farsim/core';
import { Flags } from '@oclif/core';
import { splitArguments } from './split-arguments.ts';

/** `--config`, which may stand in the place of the words that name files, or beside them. */
export const configFlag = Flags.string({
  multiple: true,
  helpValue: 'FILE',
  summary: 'Config file; may repeat, later ones win.',
  multipleNonGreedy: true,
});

/** The config files and overrides of a command's words and its `--config`. Throws USAGE where there is no file. */
export function requireConfigs(
  command: string,
  words: readonly string[],
  flagged: readonly string[] = [],
): { readonly files: string[]; readonly overrides: string[] } {
  const { files, overrides } = splitArguments(words);
  if (files.length + flagged.length === 0)
    throw new FarsimError('USAGE', `which config file? \`farsim ${command} CONFIG\``, {
      suggestions: ['`farsim init` writes one'],
    });
  return { files: [...files, ...flagged], overrides };
}
