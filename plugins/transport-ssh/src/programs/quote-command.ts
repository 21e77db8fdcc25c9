import { FarsimError } from '@farsim/core';

export interface RemoteCommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * One line for the far user's POSIX shell that replaces the shell by the program with exactly these arguments. Throws
 * BAD_ARGUMENT for what no command line can carry: no program, a zero byte, a name of a variable that is not one.
 */
export function quoteCommand(argv: readonly string[], options: RemoteCommandOptions = {}): string {
  if (!argv[0]) throw new FarsimError('BAD_ARGUMENT', 'an empty list names no program');
  const assignments = Object.entries(options.env ?? {}).map(([name, value]) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new FarsimError('BAD_ARGUMENT', `${JSON.stringify(name)} is no name of an environment variable`);
    }
    return `${name}=${quoteWord(value)}`;
  });
  const program = argv.map(quoteWord).join(' ');
  const command =
    assignments.length === 0 ? `exec ${program}` : `exec env ${assignments.join(' ')} ${program}`;
  return options.cwd === undefined ? command : `cd -- ${quoteWord(options.cwd)} && ${command}`;
}

/** The word in single quotes, within which a POSIX shell changes nothing. */
export function quoteWord(word: string): string {
  if (word.includes('\0'))
    throw new FarsimError('BAD_ARGUMENT', `${JSON.stringify(word)} holds a zero byte, which no argument can`);
  return /^[A-Za-z0-9_/.,:@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
