import { PluginFinder, type ErrorCode } from '@farsim/core';
import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** One thing that was looked at. */
export interface Finding {
  readonly what: string;
  readonly state: 'good' | 'note' | 'bad';
  readonly said: string;
  /** The ways out, or what would be gained. */
  readonly hints?: readonly string[];
  readonly code?: ErrorCode;
}

const oldestForPlugins = [22, 18] as const;

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
        hints: [`plugins written in TypeScript need ${oldestForPlugins.join('.')}`],
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
      hints: [`make ${cache} writable`],
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
      hints:
        error.suggestions.length > 0 ? error.suggestions : [`install ${plugin.from} again, or remove it`],
    };
  }
}
