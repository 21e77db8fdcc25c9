import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  FarsimError,
  PluginFinder,
  isFarsimError,
  loadConfig,
  openPipeline,
  planPipeline,
  type ErrorCode,
} from '@farsim/core';
import { openLocalTransport } from '../open-far.ts';
import { inflict, type FaultRow } from './fault-row.ts';

const marker = 'the-attack-worked';

interface Attack {
  readonly what: string;
  readonly code: ErrorCode;
  /** `folder` is watched: nothing may be in it afterwards that was not there before. */
  attempt(folder: string): Promise<unknown>;
}

type Source = Readonly<Record<string, unknown>>;

const config = (simulators: Source, more: Source = {}): Source => ({ version: 1, simulators, ...more });
const plan = async (source: Source): Promise<unknown> => planPipeline(loadConfig(source), new PluginFinder());

const upload = async (names: readonly string[], folder: string): Promise<unknown> => {
  await using transport = await openLocalTransport();
  await transport.host!.upload(
    new Map(names.map((name) => [name, Buffer.from('x')])),
    path.join(folder, 'in'),
  );
  return undefined;
};

const outside = [
  '../out',
  '/tmp/farsim-out',
  'a/../../out',
  'a\\..\\..\\out',
  'C:/out',
  'a//b',
  'a/\u0000b',
  './../out',
];
const hosts = [
  `-oProxyCommand=touch ${marker}`,
  `me@-oProxyCommand=touch ${marker}`,
  `ssh://-oProxyCommand=x/`,
  `host;touch ${marker}`,
  '$(touch x)@host',
  'host`id`',
  'host\nProxyCommand x',
];
const bomb = ['version: 1', 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
for (let i = 1; i < 9; i++)
  bomb.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(', ')}]`);

const attacks: readonly Attack[] = [
  ...outside.map((name): Attack => ({
    what: `a file named ${JSON.stringify(name)} in an upload`,
    code: 'PATH_REFUSED',
    attempt: (folder) => upload([name], folder),
  })),
  {
    what: 'a good file before a bad one: neither is written',
    code: 'PATH_REFUSED',
    attempt: (folder) => upload(['good', '../bad'], folder),
  },
  {
    what: 'a link that leads out of the folder',
    code: 'PATH_REFUSED',
    attempt: async (folder) => {
      const elsewhere = await mkdtemp(path.join(tmpdir(), 'farsim-elsewhere-'));
      try {
        await symlink(elsewhere, path.join(folder, 'in'));
        await using transport = await openLocalTransport();
        await transport.host!.upload(new Map([['in/file', Buffer.from('x')]]), folder);
      } finally {
        assert.deepEqual(await readdir(elsewhere), []);
        await rm(elsewhere, { recursive: true });
        await rm(path.join(folder, 'in'));
      }
    },
  },
  ...hosts.map((host): Attack => ({
    what: `the host ${JSON.stringify(host)}`,
    code: 'CONFIG_INVALID',
    attempt: async () => {
      await using pipeline = await openPipeline(config({ plant: { use: 'counter', on: host } }));
      return pipeline;
    },
  })),
  ...hosts.slice(3, 6).map((host): Attack => ({
    what: `the transport's host ${JSON.stringify(host)}`,
    code: 'CONFIG_INVALID',
    attempt: () =>
      plan(config({ plant: { use: 'counter', on: 'far' } }, { hosts: { far: { ssh: { host } } } })),
  })),
  {
    what: 'aliases that would grow without end',
    code: 'CONFIG_INVALID',
    attempt: async (folder) => {
      const file = path.join(folder, 'bomb.yaml');
      await writeFile(file, bomb.join('\n'));
      try {
        loadConfig(file);
      } finally {
        await rm(file);
      }
    },
  },
  {
    what: 'a tag that would make an object',
    code: 'CONFIG_INVALID',
    attempt: async (folder) => {
      const file = path.join(folder, 'tag.yaml');
      await writeFile(file, 'version: 1\nname: !!js/function "function () {}"\n');
      try {
        loadConfig(file);
      } finally {
        await rm(file);
      }
    },
  },
  {
    what: 'a key of every object',
    code: 'UNKNOWN_KEY',
    attempt: () =>
      plan(JSON.parse('{"version": 1, "simulators": {}, "__proto__": {"polluted": 1}}') as Source),
  },
];

async function attack({ what, code, attempt }: Attack): Promise<number> {
  const folder = await mkdtemp(path.join(tmpdir(), 'farsim-attack-'));
  const began = performance.now();
  try {
    const error = await attempt(folder).then(
      () => new FarsimError('INTERNAL', 'nothing was refused'),
      (thrown: unknown) => thrown,
    );
    assert.ok(isFarsimError(error) && error.code === code, `${what}: ${String(error)} where ${code} was due`);
    assert.deepEqual(await readdir(folder), [], `${what}: something was written`);
    assert.deepEqual(
      (await readdir('.')).filter((name) => name.includes(marker)),
      [],
    );
    assert.equal(({} as { polluted?: number }).polluted, undefined);
    return performance.now() - began;
  } finally {
    await rm(folder, { recursive: true });
  }
}

export const refusals: readonly FaultRow[] = [
  {
    id: 'R18',
    fault:
      'paths that lead out, hosts that are options or commands, aliases that explode, tags, keys of every object',
    full: attacks.length,
    quick: attacks.length,
    run: (count) => inflict(count, 'to the refusal', (i) => attack(attacks[i]!)),
  },
];
