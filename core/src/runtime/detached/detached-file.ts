import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { FarsimError, isFarsimError } from '../../model/errors.ts';

/** `detached.json` of a run's folder: where the run goes on, and how it is asked for. */
export interface DetachedFile {
  /** As `on:` names it, and the folder that the config's relative paths start from. */
  readonly host: string;
  /** Config files here whose `hosts` know the machine; none: the user's own list does. Left out: the run's own config, which was written here. */
  readonly configs?: readonly string[];
  readonly configFolder: string;
  readonly session: string;
  /** The simulator's name in the config. */
  readonly simulator: string;
  /** Where it records there. */
  readonly folder: string;
  readonly enter: readonly string[];
  readonly command: readonly string[];
  readonly began: string;
  /** Recording of this side whose actions it applies. */
  readonly acts?: string;
}

const fileName = 'detached.json';

/** The file's name and its text. */
export function detachedText(content: DetachedFile): readonly [string, string] {
  return [fileName, JSON.stringify(content, undefined, 2)];
}

/** Where a detached run whose folder this is goes on; undefined for other runs and for one that was fetched to its end. */
export async function readAway(runFolder: string): Promise<DetachedFile | undefined> {
  const isAway = existsSync(path.join(runFolder, fileName)) && !existsSync(path.join(runFolder, 'exit.json'));
  return isAway ? readDetached(runFolder) : undefined;
}

/** Says of a run's folder that holds no recording where that is, when the run is detached; else throws what opening it threw. */
export async function explainNoRounds(error: unknown, runFolder: string): Promise<never> {
  const away =
    isFarsimError(error) && error.code === 'RECORDING_INVALID' ? await readAway(runFolder) : undefined;
  if (!away) throw error;
  throw new FarsimError(
    'RECORDING_INVALID',
    `no round of this run is here yet: it is detached, and records on ${away.host}`,
    { suggestions: [`\`farsim sync ${runFolder}\` fetches its finished rounds`], cause: error },
  );
}

/** Throws FILE_NOT_FOUND for a folder that is no run's, USAGE for one of a run that was not detached. */
export async function readDetached(runFolder: string): Promise<DetachedFile> {
  const file = path.resolve(runFolder, fileName);
  if (existsSync(file)) return JSON.parse(await readFile(file, 'utf8')) as DetachedFile;
  if (!existsSync(path.join(path.dirname(file), 'run.json'))) {
    throw new FarsimError('FILE_NOT_FOUND', `${path.dirname(file)} is no run's folder: it has no run.json`, {
      suggestions: ['`runs/latest` is the newest run'],
    });
  }
  throw new FarsimError('USAGE', `${path.dirname(file)} is not of a detached run`, {
    suggestions: ['name the folder that `farsim run --detach` printed'],
  });
}
