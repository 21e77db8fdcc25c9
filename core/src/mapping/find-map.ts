import { readFileSync } from 'node:fs';
import path from 'node:path';
import { FarsimError, didYouMean } from '../model/errors.ts';
import { checkConfig } from '../yaml/check-config.ts';
import { originAt, originText } from '../yaml/config-node.ts';
import { readConfigText } from '../yaml/read-config.ts';
import { builtinMaps } from './builtin-maps.ts';
import { autoMap, robotMapSchema, type NamedMap, type RobotMap } from './robot-map.ts';

const builtin = 'builtin:';

/** The file that a `map:` names, if it names one. */
export function mapFile(text: string): string | undefined {
  return text === 'auto' || text === 'none' || text.startsWith(builtin) ? undefined : text;
}

/**
 * What `map:` says: `auto`, `builtin:NAME` or a YAML file, from `folder`; undefined for `none`. Throws CONFIG_INVALID and
 * UNKNOWN_KEY with the place in the file, FILE_NOT_FOUND.
 */
export function findMap(text: string, folder: string): NamedMap | undefined {
  if (text === 'none') return undefined;
  if (text === 'auto') return autoMap;
  const file = mapFile(text);
  if (file !== undefined) return readMapFile(path.resolve(folder, file), file);
  const name = text.slice(builtin.length);
  const map = builtinMaps[name];
  if (map) return { name: text, map };
  const known = Object.keys(builtinMaps);
  throw new FarsimError(
    'CONFIG_INVALID',
    `there is no map '${text}'; there are ${known.map((other) => builtin + other).join(', ')}`,
    {
      suggestions: didYouMean(name, known),
    },
  );
}

function readMapFile(file: string, name: string): NamedMap {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new FarsimError('FILE_NOT_FOUND', `map: ${file} cannot be read`, {
      suggestions: [
        '`auto`, `none`, `builtin:franka`, or the path of a map file (`farsim map draft` writes one)',
      ],
      cause,
    });
  }
  const node = readConfigText(text, name);
  const map = checkConfig(robotMapSchema, node, { at: [] }) as RobotMap;
  return { name, map, place: (at) => originText(originAt(node, at)) };
}
