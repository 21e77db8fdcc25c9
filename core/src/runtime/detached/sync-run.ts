import { existsSync } from 'node:fs';
import { readFile, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { FarsimError } from '../../model/errors.ts';
import type { FarRunProgress } from '../../ports/detached-session.ts';
import { requireRelativePath } from '../../model/relative-path.ts';
import { FarRecording, type FarFile, type FarRunState } from '../../remote/detached/far-recording.ts';
import { plainValue } from '../../yaml/config-node.ts';
import type { HostEntry } from '../config/config-schema.ts';
import { readDetached, type DetachedFile } from './detached-file.ts';
import type { PluginFinder } from '../plugins/find-plugin.ts';
import { makeFolder } from '../make-folder.ts';
import { openHost, type HostPlace } from '../ports/open-host.ts';
import { loadConfig } from '../config/load-config.ts';
import type { PipelineHooks } from '../ports/ports-opener.ts';
import { readConfigText } from '../../yaml/read-config.ts';
import { openRunFolder, type RunFolder } from '../run/run-folder.ts';

/** What came from the far side of a detached run, so far. */
export interface SyncedRun {
  /** How the run stands there. */
  readonly state: FarRunState;
  /** Files that came now, and their bytes. */
  readonly files: number;
  readonly bytes: number;
}

export interface SyncHooks extends PipelineHooks {
  readonly onFile?: (file: FarFile, done: number, files: number) => void;
}

/** The far side of a detached run, reached from its folder here. */
export interface DetachedLink extends AsyncDisposable {
  readonly detached: DetachedFile;
  readonly folder: RunFolder;
  /** Brings what is finished there and not yet here, each file whole and checked by its SHA-256; a file comes once. */
  fetch(): Promise<SyncedRun>;
  /** Removes the recording there, once it is safe here. */
  forget(): Promise<void>;
}

const keptLogLines = 10_000;

/** Reaches the machine of a detached run, by what its folder here says. Throws FILE_NOT_FOUND, USAGE and what reaching it throws. */
export async function openDetached(
  runFolder: string,
  finder: PluginFinder,
  hooks: SyncHooks,
): Promise<DetachedLink> {
  const detached = await readDetached(runFolder);
  // `runs/latest` may name another run by the time it is done
  const folder = openRunFolder(await realpath(runFolder));
  const opened = await openHost(detached.host, finder, hooks, await placeOf(detached, folder));
  const host = opened.transport.host!;
  const recording = new FarRecording(host, detached);
  return {
    detached,
    folder,
    async fetch() {
      const state = await recording.look({ known: await fetchedFiles(folder) }, hooks.signal);
      let bytes = 0;
      for (const [done, file] of state.files.entries()) {
        hooks.onFile?.(file, done, state.files.length);
        const target = placeOfFile(folder, file.name);
        await makeFolder(path.dirname(target));
        await recording.fetch(file, state.folder, target, hooks.signal);
        bytes += file.bytes;
      }
      const log = await recording.log(keptLogLines, hooks.signal);
      if (log.length > 0) await folder.write(`logs/${detached.simulator}.log`, log);
      return { state, files: state.files.length, bytes };
    },
    forget: () => recording.forget(),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}

/** A sentence on how far it is. */
export function progressOf({ round, rounds, episodes, wanted, step }: Partial<FarRunProgress>): string {
  if (round === undefined) return 'not begun';
  return `round ${round} of about ${rounds}, step ${step}, ${episodes} of ${wanted} episodes done`;
}

/** Rounds and model files that are here: they came whole, and do not change. */
async function fetchedFiles(folder: RunFolder): Promise<string[]> {
  const names: string[] = [];
  for (const part of ['rounds', 'model']) {
    const inside = path.join(folder.path, part);
    if (!existsSync(inside)) continue;
    const entries = await readdir(inside, { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      if (!entry.isFile() || entry.name.endsWith('.part')) continue;
      names.push(
        path.relative(folder.path, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'),
      );
    }
  }
  return names;
}

/** Rounds, the model and the index are the far side's, nothing else in the folder. Throws PATH_REFUSED. */
function placeOfFile(folder: RunFolder, name: string): string {
  const segments = requireRelativePath(name);
  if (name === 'index.json' || (segments.length > 1 && ['rounds', 'model'].includes(segments[0]!)))
    return path.join(folder.path, ...segments);
  throw new FarsimError('PATH_REFUSED', `the far side gives '${name}', which is no part of a recording`, {
    suggestions: ['remove it there, if it is yours'],
  });
}

async function placeOf({ configs, configFolder }: DetachedFile, folder: RunFolder): Promise<HostPlace> {
  if (configs === undefined) return { hosts: await hostsOf(folder), folder: configFolder };
  if (configs.length === 0) return {};
  const loaded = loadConfig(configs);
  return { hosts: loaded.file.hosts, folder: loaded.folder };
}

async function hostsOf(folder: RunFolder): Promise<Readonly<Record<string, HostEntry>>> {
  const file = path.join(folder.path, 'run.yaml');
  const { hosts } = plainValue(readConfigText(await readFile(file, 'utf8'), file)) as {
    readonly hosts?: Readonly<Record<string, HostEntry>>;
  };
  return hosts ?? {};
}
