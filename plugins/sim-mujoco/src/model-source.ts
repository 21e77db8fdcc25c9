import path from 'node:path';
import { FarsimError, sectionNamed, type ModelFiles, type OpenContext, type Simulator } from '@farsim/core';
import { collectModelFiles } from './collect-model-files.ts';

/** The file that `model:` names, if it names one. */
export function modelFile(model: string): { readonly model?: string } {
  return sectionNamed(model) === undefined ? { model } : {};
}

/** The `from NAME` of `model:`, if it is one. */
export function modelSource(model: string): { readonly model?: string } {
  return sectionNamed(model) === undefined ? {} : { model };
}

/** The simulator that `from NAME` means; undefined for a file. */
export async function simulatorNamed(text: string, { section }: OpenContext): Promise<Simulator | undefined> {
  const name = sectionNamed(text);
  return name === undefined ? undefined : ((await section('simulator', name)) as Simulator);
}

/** The files of `model:`, from the simulator that it names or from the config's folder. Throws UNSUPPORTED or FILE_NOT_FOUND. */
export async function modelFilesOf(
  model: string,
  source: Simulator | undefined,
  { folder }: OpenContext,
): Promise<ModelFiles> {
  if (!source) return collectModelFiles(path.resolve(folder, model));
  if (source.model) return source.model();
  throw new FarsimError(
    'UNSUPPORTED',
    `model: ${model}: that simulator ('${source.spec.sim}') has no MJCF to give`,
    {
      suggestions: ['give an MJCF file of the same robot as `model`, and `states: from …`'],
    },
  );
}
