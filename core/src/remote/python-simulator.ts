import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { defineFarSimulator } from './define-far-simulator.ts';

/** `use: python`: a far simulator that is one Python file of the user's, without npm or TypeScript. */
export const pythonSimulator = defineFarSimulator({
  name: 'python',
  summary: 'A far simulator of your own: one Python file with an adapter class.',
  support: 'tested',
  config: {
    adapter: z
      .string()
      .regex(/^.+\.py:[A-Za-z_]\w*$/, 'must be `./file.py:Class`')
      .describe('`./my_sim.py:MyAdapter`, from the config’s folder.'),
    files: z.array(z.string()).default([]).describe('More Python files that the adapter imports.'),
    requirements: z.array(z.string()).default([]).describe('pip requirements, when `python` is `managed`.'),
    config: z.record(z.string(), z.unknown()).default({}).describe('What the adapter’s launch() is given.'),
  },
  adapter: ({ adapter, files, requirements }, { folder }) => {
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
