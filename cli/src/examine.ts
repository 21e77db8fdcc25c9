import {
  FarsimError,
  PluginFinder,
  findFarPython,
  isFarsimError,
  type AnyPlugin,
  type ErrorCode,
  type Transport,
} from '@farsim/core';
import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { formatSeconds } from './format.ts';

/** One thing that was looked at. */
export interface Finding {
  readonly what: string;
  readonly state: 'good' | 'note' | 'bad';
  readonly said: string;
  /** The way out, or what would be gained. */
  readonly hint?: string;
  readonly code?: ErrorCode;
}

const oldestForPlugins = [22, 18] as const;
const patienceMs = 10_000;
const roundTrips = 20;

/** Looks at this machine: Node, the plugins that come with farsim, and the cache. */
export async function* examineHere(): AsyncGenerator<Finding> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const modern =
    major > oldestForPlugins[0] || (major === oldestForPlugins[0] && minor >= oldestForPlugins[1]);
  yield modern
    ? { what: 'Node', state: 'good', said: process.versions.node }
    : {
        what: 'Node',
        state: 'note',
        said: process.versions.node,
        hint: `plugins written in TypeScript need ${oldestForPlugins.join('.')}`,
      };
  yield* examinePlugins();
  const cache = path.join(os.homedir(), '.cache', 'farsim');
  try {
    await mkdir(cache, { recursive: true });
    await access(cache, constants.W_OK);
    yield { what: 'cache', state: 'good', said: cache };
  } catch (error) {
    yield {
      what: 'cache',
      state: 'bad',
      code: 'DISK_FULL',
      said: (error as Error).message,
      hint: `make ${cache} writable`,
    };
  }
}

/** Looks at a machine that would run a simulator: whether it is reached, its Python, its tools, and the time of a command there. */
export async function* examineHost(host: string): AsyncGenerator<Finding> {
  const signal = AbortSignal.timeout(patienceMs);
  const heard: string[] = [];
  try {
    await using transport = await openTransport(host, signal, (line) => heard.push(line));
    const far = transport.host!;
    const python = await findFarPython(far, undefined, signal);
    yield { what: `${host} Python`, state: 'good', said: python.version };
    const tools = 'import shutil,sys;print(",".join(t for t in sys.argv[1:] if shutil.which(t)))';
    const asked = ['uv', 'conda', 'nvidia-smi', 'ffmpeg'];
    const found = await (await far.run([...python.command, '-c', tools, ...asked], { signal })).finished;
    yield {
      what: `${host} tools`,
      state: 'good',
      said: Buffer.from(found.stdout).toString('utf8').trim() || `none of ${asked.join(', ')}`,
    };
    const times: number[] = [];
    for (let i = 0; i < roundTrips; i++) {
      const began = performance.now();
      await (
        await far.run(['true'], { signal })
      ).finished;
      times.push((performance.now() - began) / 1000);
    }
    const sorted = times.toSorted((a, b) => a - b);
    yield {
      what: `${host} command`,
      state: 'good',
      said: `${formatSeconds(sorted[roundTrips / 2]!)} (median of ${roundTrips})`,
    };
    for (const said of heard) yield { what: `${host} link`, state: 'note', said };
  } catch (error) {
    if (!isFarsimError(error)) throw error;
    yield {
      what: host,
      state: 'bad',
      said: `${error.code}: ${error.message}`,
      code: error.code,
      ...(error.suggestions[0] && { hint: error.suggestions[0] }),
    };
  }
}

async function* examinePlugins(): AsyncGenerator<Finding> {
  const { plugins, broken } = await new PluginFinder().loadAll(process.cwd());
  yield { what: 'plugins', state: 'good', said: plugins.map(({ name }) => name).join(', ') };
  for (const { plugin, error } of broken) {
    yield {
      what: `${plugin.kind} ${plugin.name}`,
      state: 'bad',
      code: error.code,
      said: error.message,
      hint: error.suggestions[0] ?? `install ${plugin.from} again, or remove it`,
    };
  }
}

async function openTransport(
  host: string,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<Transport> {
  const plugin = await new PluginFinder().find(
    'transport',
    host === 'local' ? 'local' : 'ssh',
    process.cwd(),
  );
  const context = {
    name: host,
    folder: process.cwd(),
    signal,
    progress: () => undefined,
    log,
  };
  const config = plugin.config.safeParse(host === 'local' ? {} : { host });
  if (!config.success) throw new FarsimError('CONFIG_INVALID', config.error.issues[0]!.message);
  return (await plugin.open(
    config.data,
    context as unknown as Parameters<AnyPlugin['open']>[1],
  )) as Transport;
}
