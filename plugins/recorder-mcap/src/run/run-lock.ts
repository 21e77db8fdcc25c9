import { FarsimError } from '@farsim/core';
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { recordingError } from '../disk-errors.ts';
import { holderLife, thisHolder, type RunHolder } from './run-holder.ts';

const lockName = 'recorder.lock';
const beginningMs = 5000;
const mostTries = 10;

export interface LockOptions {
  /** Takes the folder also from a holder that cannot be seen from here; never from one that is seen to run. */
  readonly force?: boolean;
}

/**
 * Makes this process the only one that writes to a run's folder until the lock is disposed of. A holder that died is
 * succeeded. Throws BUSY, naming the holder, and DISK_FULL or RECORDING_FAILED when the lock cannot be written.
 */
export function lockRun(folder: string, { force = false }: LockOptions = {}): Disposable {
  const file = path.join(folder, lockName);
  const text = `${JSON.stringify(thisHolder())}\n`;
  for (let tries = 0; tries < mostTries && !create(file, text); tries++) {
    const found = read(file);
    if (found === undefined) continue;
    refuseWhileHeld(folder, file, found, force);
    setAside(file, found);
  }
  if (read(file) !== text) throw new FarsimError('BUSY', `${folder} is taken by others all the time`);
  return {
    [Symbol.dispose]() {
      if (read(file) === text) rmSync(file, { force: true });
    },
  };
}

function create(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    if (read(file) === '') rmSync(file, { force: true });
    throw recordingError(error, file);
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw recordingError(error, file);
  }
}

function refuseWhileHeld(folder: string, file: string, text: string, force: boolean): void {
  let holder: RunHolder;
  try {
    holder = JSON.parse(text) as RunHolder;
  } catch {
    const age = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (age > beginningMs) return;
    throw new FarsimError('BUSY', `${folder} is being taken by another process at this moment`);
  }
  const life = holderLife(holder);
  if (life === 'over' || (life === 'elsewhere' && force)) return;
  const { pid, host, since } = holder;
  throw new FarsimError('BUSY', `process ${pid} on ${host} has been writing to ${folder} since ${since}`, {
    suggestions:
      life === 'runs'
        ? [`wait until it has ended, or end it: kill ${pid}`]
        : [`when you know that it is gone: farsim data recover --force ${folder}`],
    details: { holder },
  });
}

/** Removes the lock that was found to be nobody's, unless somebody took it meanwhile. */
function setAside(file: string, found: string): void {
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
    if (read(aside) !== found) linkSync(aside, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'EEXIST') throw recordingError(error, file);
  } finally {
    rmSync(aside, { force: true });
  }
}
