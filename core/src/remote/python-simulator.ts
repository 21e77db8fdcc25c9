import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { FarsimError } from '../model/errors.ts';
import { defineFarSimulator, readFiles } from './define-far-simulator.ts';
import { joinSession } from './session/join-session.ts';

const startedPython = defineFarSimulator({
  name: 'python',
  summary:
    'A far simulator of your own: a Python file with an adapter class, a script that serves, or a session that runs.',
  support: 'in CI',
  config: {
    adapter: z
      .string()
      .regex(/^.+\.py:[A-Za-z_]\w*$/, 'must be `./file.py:Class`')
      .optional()
      .describe('`./my_sim.py:MyAdapter`, from the config’s folder.'),
    script: z
      .string()
      .regex(/\.py$/, 'must be a Python file')
      .optional()
      .describe(
        'A program that calls farsim.bridge.serve(env): `./play.py` from the config’s folder, `/…` or `~/…` one that lies on the far machine.',
      ),
    args: z.array(z.string()).default([]).describe('The script’s arguments.'),
    files: z
      .array(z.string())
      .default([])
      .describe('More Python files that the adapter or the script imports.'),
    requirements: z.array(z.string()).default([]).describe('pip requirements, when `python` is `managed`.'),
    pythonVersion: z
      .string()
      .regex(/^3\.\d{1,2}$/, 'must be a version such as `3.12`')
      .optional()
      .describe('The CPython, such as `3.12`, that the managed environment needs; left out: any.'),
    join: z
      .string()
      .optional()
      .describe('A session that runs already, by its id or name; on a bus the name under which it listens.'),
    token: z
      .string()
      .optional()
      .describe('That session’s token, where it listens on a bus: `${file:plant.token}` or `${env:NAME}`.'),
    config: z.record(z.string(), z.unknown()).default({}).describe('What the adapter’s launch() is given.'),
  },
  adapter: ({ adapter, script = '', args, files, requirements, pythonVersion }, { folder }) => {
    const managed = { requirements, ...(pythonVersion && { pythonVersion }) };
    if (adapter === undefined) {
      const there = isFar(script) ? { path: script } : {};
      return { entry: path.basename(script), files: [], ...managed, script: { ...there, args } };
    }
    const [file, className] = adapter.split(/:(?=[^:]*$)/) as [string, string];
    const entry = `${path.basename(file, '.py')}:${className}`;
    return { entry, files: urls(folder, [file, ...files]), ...managed };
  },
  reads: ({ adapter, script, files }) => ({
    adapter: adapter?.replace(/:[^:]*$/, ''),
    script: script === undefined || isFar(script) ? undefined : script,
    files: files.filter(() => script === undefined || !isFar(script)),
  }),
  files: async ({ script, files }, { folder }) => {
    if (script === undefined || isFar(script)) return {};
    const uploaded = await readFiles(urls(folder, [script, ...files]));
    return { script: { entry: path.basename(script), files: uploaded } };
  },
  adapterConfig: ({ config }) => config,
});

function isFar(script: string): boolean {
  return script.startsWith('/') || script.startsWith('~/');
}

function urls(folder: string, names: readonly string[]): URL[] {
  return names.map((name) => pathToFileURL(path.resolve(folder, name)));
}

/** `use: python`: a far simulator that is the user's own Python, without npm or TypeScript, or one that runs already. */
export const pythonSimulator = {
  ...startedPython,
  config: startedPython.config.refine(
    ({ adapter, script, join }) =>
      [adapter, script, join].filter((given) => given !== undefined).length === 1,
    'one of `adapter: ./file.py:Class` and `script: ./play.py`, which are started, and `join: NAME`, which runs already',
  ),
  open: ((config, context) => {
    const { join, token, ...options } = config;
    if (join === undefined) return startedPython.open(config, context);
    const { name, signal, takeOver, progress, log } = context;
    const order = { name, join, token, options, signal, takeOver, progress, log };
    return joinSession(context.transport, context.codec, order);
  }) satisfies typeof startedPython.open,
  detach: (async (config, context, run) => {
    if (config.adapter !== undefined) return startedPython.detach!(config, context, run);
    const what = config.join === undefined ? 'a script of yours' : 'a session that runs already';
    throw new FarsimError(
      'UNSUPPORTED',
      `${context.name}: ${what} takes requests and drives no run by itself`,
      {
        suggestions: ['an `adapter:` can be detached'],
      },
    );
  }) satisfies NonNullable<typeof startedPython.detach>,
};
