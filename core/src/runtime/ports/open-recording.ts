import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { FarsimError } from '../../model/errors.ts';
import type { Recording } from '../../ports/recorder.ts';
import { explainNoRounds } from '../detached/detached-file.ts';
import type { PluginFinder } from '../plugins/find-plugin.ts';

const defaultRecorder = 'mcap';

/** Opens a run's folder or file with the recorder plugin that wrote it, sealed or not. Throws FILE_NOT_FOUND, UNSUPPORTED or RECORDING_INVALID. */
export async function openRecording(
  target: string,
  finder: PluginFinder,
  folder: string = process.cwd(),
): Promise<Recording> {
  const found = findRecording(target, folder);
  const plugin = await finder.find('recorder', recorderOf(found), folder);
  if (!plugin.read)
    throw new FarsimError('UNSUPPORTED', `recordings of '${plugin.name}' cannot be read back`);
  return plugin.read(found).catch((error: unknown) => explainNoRounds(error, target));
}

/** The path of a recording, from `folder` or else from where the command was given. Throws FILE_NOT_FOUND, its sentence behind `place`. */
export function findRecording(target: string, folder: string, place = ''): string {
  const candidates = [path.resolve(folder, target), path.resolve(target)];
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found !== undefined) return found;
  throw new FarsimError('FILE_NOT_FOUND', `${place}there is no recording at ${path.resolve(target)}`, {
    suggestions: ['`runs/latest` is the newest run'],
  });
}

function recorderOf(run: string): string {
  const description = path.join(run, 'run.json');
  if (!existsSync(description)) return defaultRecorder;
  const { recorders } = JSON.parse(readFileSync(description, 'utf8')) as {
    recorders?: { readonly plugin: string }[];
  };
  return recorders?.[0]?.plugin ?? defaultRecorder;
}
