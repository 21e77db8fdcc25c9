import { FarsimError, type EpisodeSummary, type Recording } from '@farsim/core';

/** The recording's episodes of these numbers. Throws USAGE when it lacks one. */
export function requireEpisodes({ episodes }: Recording, wanted: readonly number[]): EpisodeSummary[] {
  return wanted.map((number) => {
    const found = episodes.find(({ episode }) => episode === number);
    if (found) return found;
    const numbers = episodes.map(({ episode }) => episode);
    const range = numbers.length === 0 ? '' : `, ${Math.min(...numbers)} to ${Math.max(...numbers)}`;
    throw new FarsimError(
      'USAGE',
      `--episode: the recording has no episode ${number}; it has ${episodes.length}${range}`,
    );
  });
}
