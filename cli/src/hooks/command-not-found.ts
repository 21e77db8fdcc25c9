import { FarsimError, nearestName } from '@farsim/core';
import type { Hook } from '@oclif/core';

/** Says which verb was perhaps meant: USAGE. oclif joins the words of a command by colons, and takes what follows for more of it. */
const commandNotFound: Hook<'command_not_found'> = async ({ id, config }) => {
  const words = id.split(':');
  const names = config.commandIDs.map((known) => known.replaceAll(':', ' '));
  const meant = nearestName(words.slice(0, 2).join(' '), names) ?? nearestName(words[0]!, names);
  throw new FarsimError(
    'USAGE',
    `farsim has no command '${words[0]}${isTopic(words, names) ? ` ${words[1]}` : ''}'`,
    {
      suggestions: [
        ...(meant === undefined ? [] : [`did you mean \`farsim ${meant}\`?`]),
        '`farsim --help` lists them',
      ],
    },
  );
};

function isTopic([first, second]: readonly string[], names: readonly string[]): boolean {
  return second !== undefined && names.some((name) => name.startsWith(`${first} `));
}

export default commandNotFound;
