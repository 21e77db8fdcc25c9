import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { FarsimError, isFarsimError } from '../../model/errors.ts';
import { makeFolder } from '../make-folder.ts';

/** Where one run keeps everything: `runs/2026-11-23T15-06-27Z_reach_7f3a`. Not sealed until `exit.json` is there. */
export interface RunFolder {
  readonly id: string;
  readonly path: string;
  /** Writes a file whole, making the folders on its way. Throws DISK_FULL. */
  write(name: string, content: string | Uint8Array): Promise<void>;
  /** Adds a line at a file's end, after the lines added before it. */
  append(name: string, line: string): void;
  /** Resolves when every appended line is written. */
  flush(): Promise<void>;
  /** Files in it by relative path, sorted. */
  files(): Promise<string[]>;
}

const elsewhere = 'write elsewhere with run.folder=/path';

/** Makes a new run's folder below `parent` and points `parent/latest` at it. Throws DISK_FULL when it cannot be made. */
export async function createRunFolder(parent: string, name: string): Promise<RunFolder> {
  const time = new Date()
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');
  const id = `${time}_${slug(name)}_${randomBytes(2).toString('hex')}`;
  const folder = path.join(path.resolve(parent), id);
  try {
    await makeFolder(path.dirname(folder));
    // two runs of one second may have drawn the same number
    if (!(await makeNew(folder))) return await createRunFolder(parent, name);
    await pointLatest(path.dirname(folder), id);
  } catch (error) {
    if (isFarsimError(error)) throw error;
    throw new FarsimError(
      'DISK_FULL',
      `the run's folder ${folder} cannot be made: ${(error as Error).message}`,
      {
        suggestions: [elsewhere],
        cause: error,
      },
    );
  }
  return openRunFolder(folder);
}

/**
 * Makes the folder of a run that began elsewhere below `parent`, under the first of the names that is free there; `parent/latest`
 * is left to the runs of this side where there is one. Throws BUSY where none is free, DISK_FULL.
 */
export async function createNamedRunFolder(parent: string, names: readonly string[]): Promise<RunFolder> {
  const above = path.resolve(parent);
  try {
    await makeFolder(above);
    for (const id of names) {
      const folder = path.join(above, id);
      if (!(await makeNew(folder))) continue;
      if (!existsSync(path.join(above, 'latest'))) await pointLatest(above, id);
      return openRunFolder(folder);
    }
  } catch (error) {
    const said = (error as Error).message;
    throw new FarsimError('DISK_FULL', `no run's folder can be made in ${above}: ${said}`, { cause: error });
  }
  throw new FarsimError('BUSY', `${above} holds other runs named ${names.join(' and ')}`, {
    suggestions: ['fetch it into another folder with `--folder`'],
  });
}

/** A run's folder that is there. */
export function openRunFolder(runFolder: string): RunFolder {
  const folder = path.resolve(runFolder);
  let appending = Promise.resolve();
  return {
    id: path.basename(folder),
    path: folder,
    async write(file, content) {
      const target = path.join(folder, file);
      try {
        await makeFolder(path.dirname(target));
        await writeFile(`${target}.part`, content);
        await rename(`${target}.part`, target);
      } catch (error) {
        throw new FarsimError('DISK_FULL', `${target} cannot be written: ${(error as Error).message}`, {
          suggestions: [`free space, or ${elsewhere}`],
          cause: error,
        });
      }
    },
    append(file, line) {
      const target = path.join(folder, file);
      appending = appending
        .then(() => makeFolder(path.dirname(target)))
        .then(() => appendFile(target, `${line}\n`))
        // a full disk shows in the recording; a log line is not worth the run
        .catch(() => undefined);
    },
    flush: () => appending,
    async files() {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile());
      return files.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name))).toSorted();
    },
  };
}

/** Adds a line to the run's events. */
export function noteEvent(folder: RunFolder, event: object, time = new Date()): void {
  folder.append('events.ndjson', JSON.stringify({ time, ...event }));
}

/** False when it was there. */
async function makeNew(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function pointLatest(parent: string, id: string): Promise<void> {
  const link = path.join(parent, `.latest-${id}`);
  await symlink(id, link);
  try {
    await rename(link, path.join(parent, 'latest'));
  } catch (error) {
    await rm(link, { force: true });
    throw error;
  }
}

function slug(name: string): string {
  const words = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return words.slice(0, 40) || 'run';
}
