import { FarsimError, isRedacted } from '@farsim/core';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** What a run is made of. */
export interface RunWords {
  readonly configs: readonly string[];
  readonly overrides: readonly string[];
}

/** Seals what a run left unsealed, and gives the config that it was begun with, under the overrides that are given now; a config that is given wins. */
export async function unfinishedRun(folder: string, { configs, overrides }: RunWords): Promise<RunWords> {
  const file = path.join(folder, 'run.json');
  if (!existsSync(file)) {
    throw new FarsimError(
      'FILE_NOT_FOUND',
      `${path.resolve(folder)} is no run's folder: it has no run.json`,
      {
        suggestions: ['`runs/latest` is the newest run'],
      },
    );
  }
  const { recover } = await import('@farsim/recorder-mcap');
  await recover(folder);
  if (configs.length > 0) return { configs, overrides };
  const { config } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly config?: { readonly files: readonly string[]; readonly overrides: readonly string[] };
  };
  if (!config || config.files.length === 0) {
    throw new FarsimError('USAGE', `${file} does not say which config the run was begun with`, {
      suggestions: [`name it: farsim run CONFIG --resume ${folder}`],
    });
  }
  if (config.overrides.some(isRedacted)) {
    throw new FarsimError('USAGE', `${file} does not keep the secret that was given as an override`, {
      suggestions: [`give it again: farsim run ${config.files.join(' ')} --resume ${folder} KEY=VALUE`],
    });
  }
  return { configs: config.files, overrides: [...config.overrides, ...overrides] };
}
