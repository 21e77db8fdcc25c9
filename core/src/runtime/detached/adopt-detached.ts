import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { FarsimError } from '../../model/errors.ts';
import type { FarHost } from '../../remote/hosts/far-host.ts';
import { FarRecording } from '../../remote/detached/far-recording.ts';
import { detachedText, type DetachedFile } from './detached-file.ts';
import { createNamedRunFolder, noteEvent } from '../run/run-folder.ts';

export interface AdoptOptions {
  /** The machine as `on:` names it here. */
  readonly host: string;
  readonly session: string;
  /** Where the runs' folders are. */
  readonly parent: string;
  /** Config files here whose `hosts` know it, none where the user's list does: what comes from there does not say how it is reached. */
  readonly configs: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * Gives a folder here to a detached run that has none, under the run's own name: its config and what its client wrote of it come from the far side. One that is here already is given as it is.
 * Throws SESSION_EXPIRED where nothing is known of it there, UNSUPPORTED where nobody wrote what it is.
 */
export async function adoptDetached(
  far: FarHost,
  { host, session, parent, configs, signal }: AdoptOptions,
): Promise<string> {
  const known = await folderOf(parent, session);
  if (known !== undefined) return known;
  const place = await far.placeOf(session, signal);
  const state = await new FarRecording(far.host, place).look({ known: 'all', near: true }, signal);
  const { 'run.yaml': config, 'run.json': about, 'detached.json': left } = state.near ?? {};
  if (config === undefined || about === undefined || left === undefined)
    throw new FarsimError('UNSUPPORTED', `session ${session} on ${host} does not say which run it is`, {
      suggestions: [`its files are in ${state.folder} there, \`farsim data info\` reads a copy of them`],
    });
  const [{ id }, written] = fromFarSide(session, host, about, left);
  const folder = await createNamedRunFolder(parent, [...plainName(id), `run-${session}`]);
  const configFolder = existsSync(written.configFolder) ? written.configFolder : process.cwd();
  const absolute = configs.map((file) => path.resolve(file));
  const here = { ...written, ...place, host, configFolder, folder: state.folder, configs: absolute };
  await folder.write('run.yaml', config);
  await folder.write('run.json', about);
  await folder.write(...detachedText(here));
  noteEvent(folder, { event: 'adopted', host, session });
  await folder.flush();
  return folder.path;
}

/** The far side names a folder, it does not choose where that is. */
function plainName(id: unknown): string[] {
  return typeof id === 'string' && /^[\w-][\w.-]*$/.test(id) && id !== 'latest' ? [id] : [];
}

async function folderOf(parent: string, session: string): Promise<string | undefined> {
  const runs = existsSync(parent) ? await readdir(parent) : [];
  for (const run of runs.filter((name) => name !== 'latest')) {
    const file = path.join(parent, run, 'detached.json');
    if (!existsSync(file)) continue;
    const content = JSON.parse(await readFile(file, 'utf8')) as DetachedFile;
    if (content.session === session) return path.resolve(parent, run);
  }
  return undefined;
}

function fromFarSide(
  session: string,
  host: string,
  about: string,
  left: string,
): [{ readonly id: string }, DetachedFile] {
  try {
    return [JSON.parse(about) as { readonly id: string }, JSON.parse(left) as DetachedFile];
  } catch (error) {
    throw new FarsimError(
      'RECORDING_INVALID',
      `what session ${session} on ${host} says of its run is no JSON: ${(error as Error).message}`,
      { cause: error },
    );
  }
}
