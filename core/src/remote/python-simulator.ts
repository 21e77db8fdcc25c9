import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { defineFarSimulator } from './define-far-simulator.ts';
import { joinSession } from './join-session.ts';

const startedPython = defineFarSimulator({
  name: 'python',
  summary: 'A far simulator of your own: one Python file with an adapter class.',
  support: 'tested',
  config: {
    adapter: z
      .string()
      .regex(/^.+\.py:[A-Za-z_]\w*$/, 'must be `./file.py:Class`')
      .optional()
      .describe('`./my_sim.py:MyAdapter`, from the config’s folder.'),
    files: z.array(z.string()).default([]).describe('More Python files that the adapter imports.'),
    requirements: z.array(z.string()).default([]).describe('pip requirements, when `python` is `managed`.'),
    join: z
      .string()
      .optional()
      .describe(
        'A session that runs already, by the name under which it listens; in the place of `adapter`.',
      ),
    token: z
      .string()
      .optional()
      .describe('That session’s token, where it listens on a bus: `${file:plant.token}` or `${env:NAME}`.'),
    config: z.record(z.string(), z.unknown()).default({}).describe('What the adapter’s launch() is given.'),
  },
  adapter: ({ adapter = '', files, requirements }, { folder }) => {
    const [file, className] = adapter.split(/:(?=[^:]*$)/) as [string, string];
    const url = (name: string): URL => pathToFileURL(path.resolve(folder, name));
    return {
      entry: `${path.basename(file, '.py')}:${className}`,
      files: [url(file), ...files.map(url)],
      requirements,
    };
  },
  adapterConfig: ({ config }) => config,
});

/** `use: python`: a far simulator that is one Python file of the user's, without npm or TypeScript, or one that runs already. */
export const pythonSimulator = {
  ...startedPython,
  config: startedPython.config.refine(
    ({ adapter, join }) => (adapter === undefined) !== (join === undefined),
    'one of `adapter: ./file.py:Class`, which is started, and `join: NAME`, which runs already',
  ),
  open: ((config, context) => {
    const { join, token, lease } = config;
    if (join === undefined) return startedPython.open(config, context);
    const { name, signal, progress } = context;
    const order = { name, join, token, graceMs: lease.grace * 1000, signal, progress };
    return joinSession(context.transport, context.codec, order);
  }) satisfies typeof startedPython.open,
};
