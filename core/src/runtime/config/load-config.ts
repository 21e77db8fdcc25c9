import { readFileSync } from 'node:fs';
import path from 'node:path';
import { FarsimError } from '../../model/errors.ts';
import { applyOverride } from './apply-override.ts';
import { checkConfig } from '../../yaml/check-config.ts';
import { nodeFrom, type ConfigNode } from '../../yaml/config-node.ts';
import { fileSchema, type FileConfig } from './config-schema.ts';
import { interpolateConfig } from './interpolate-config.ts';
import { mergeConfig } from './merge-config.ts';
import { readConfigText } from '../../yaml/read-config.ts';

/** A config's path, several to be laid over one another, or its content as a plain object. */
export type ConfigSource = string | readonly string[] | Readonly<Record<string, unknown>>;

/** One config, read, merged, overridden and interpolated; its sections are not yet checked by their plugins. */
export interface LoadedConfig {
  readonly root: ConfigNode;
  readonly file: FileConfig;
  /** Folder that relative paths start from: the first file's, or the working directory. */
  readonly folder: string;
  /** What it was read from; without files from an object. */
  readonly source: { readonly files: readonly string[]; readonly overrides: readonly string[] };
}

/** Reads what a run is made of. Throws FILE_NOT_FOUND, CONFIG_INVALID, UNKNOWN_KEY or USAGE. */
export function loadConfig(source: ConfigSource, overrides: readonly string[] = []): LoadedConfig {
  const files =
    typeof source === 'string' ? [source] : Array.isArray(source) ? (source as readonly string[]) : [];
  const folder = files[0] === undefined ? process.cwd() : path.dirname(path.resolve(files[0]));
  const written =
    files.length > 0
      ? files.map(readFile).reduce(mergeConfig)
      : nodeFrom(source, { source: 'the given object' });
  const root = interpolateConfig(overrides.reduce(applyOverride, written), folder);
  const from = { files: files.map((file) => path.resolve(file)), overrides };
  return { root, file: checkConfig(fileSchema, root, { at: [] }), folder, source: from };
}

function readFile(file: string): ConfigNode {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new FarsimError('FILE_NOT_FOUND', `config file ${file} cannot be read`, {
      suggestions: ['`farsim init` writes one'],
      cause: error,
    });
  }
  const node = readConfigText(text, file);
  if (node.kind === 'map') return node;
  const holds = node.kind === 'scalar' && node.value === null ? 'is empty' : 'holds no map';
  throw new FarsimError('CONFIG_INVALID', `config file ${file} ${holds}`, {
    suggestions: ['begin it with `version: 1` and `simulators:`', '`farsim init` writes one'],
  });
}
