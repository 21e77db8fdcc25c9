import { existsSync } from 'node:fs';
import path from 'node:path';
import { FarsimError } from '../../model/errors.ts';
import type { AnyPlugin } from '../../ports/plugin.ts';
import { originAt, originText, pathText, type ConfigNode, type ConfigPath } from '../../yaml/config-node.ts';

/** A section’s content and where it was written. */
export interface PlacedSection {
  readonly node: ConfigNode;
  /** Where it stands in the config. */
  readonly at: ConfigPath;
  /** Folder that relative paths start from. */
  readonly folder: string;
}

/** Throws FILE_NOT_FOUND, with its place, for the first file that opening this section would not find. */
export function requireFiles(plugin: AnyPlugin, config: unknown, { node, at, folder }: PlacedSection): void {
  for (const [key, named] of Object.entries(plugin.reads?.(config as never) ?? {})) {
    for (const file of [named ?? []].flat()) {
      const whole = path.resolve(folder, file);
      if (existsSync(whole)) continue;
      const place = originText(originAt(node, [key]));
      throw new FarsimError(
        'FILE_NOT_FOUND',
        `${place}: ${pathText([...at, key])}: there is no file ${whole}`,
        {
          suggestions: path.isAbsolute(file) ? [] : [`'${file}' starts from the config's folder, ${folder}`],
        },
      );
    }
  }
}
