import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openPipeline, type Simulator } from '@farsim/core';
import { simulatorContract } from '@farsim/core/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { farsim } from './farsim.ts';

const root = path.join(import.meta.dirname, '../..');
const page = readFileSync(path.join(root, 'docs/plugins.md'), 'utf8');

/** The page's code in that language that holds `text`. */
function shown(language: string, text: string): string {
  const blocks = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)];
  return blocks.find(([, named, code]) => named === language && code!.includes(text))![2]!;
}

const adapter = shown('python', 'class PendulumAdapter');
const cwd = mkdtempSync(path.join(os.tmpdir(), 'farsim-documented-'));
afterAll(() => rmSync(cwd, { recursive: true }));
writeFileSync(path.join(cwd, 'pendulum_adapter.py'), adapter);
writeFileSync(path.join(cwd, 'pendulum.yaml'), shown('yaml', 'PendulumAdapter'));

describe('the far simulator of one Python file that docs/plugins.md shows', () => {
  test('is the example, has fewer than 60 lines and imports only the standard library', () => {
    expect(adapter).toBe(readFileSync(path.join(root, 'examples/pendulum_adapter.py'), 'utf8'));
    expect(adapter.trimEnd().split('\n').length).toBeLessThan(60);
    expect([...adapter.matchAll(/^(?:import|from) (\w+)/gm)].map(([, name]) => name)).toEqual([
      'math',
      'random',
    ]);
  });

  test('runs and is recorded with the config that is shown beside it', async () => {
    const { status, stdout } = await farsim(['run', 'pendulum.yaml'], { cwd });
    expect(stdout).toContain('2 episodes, 400 steps');
    expect(status).toBe(0);
  });

  test('is found right by doctor', async () => {
    const env = { XDG_CACHE_HOME: path.join(cwd, 'cache') };
    const { status, stdout } = await farsim(['doctor', 'pendulum.yaml'], { cwd, env });
    expect(stdout).toMatch(/^ok +set and get .*exact$/m);
    expect(status).toBe(0);
  });

  const open = async (): Promise<Simulator> => {
    const pipeline = await openPipeline(path.join(cwd, 'pendulum.yaml'));
    return { ...pipeline.simulator(), [Symbol.asyncDispose]: () => pipeline[Symbol.asyncDispose]() };
  };
  for (const { fact, check } of simulatorContract(open)) test.concurrent(fact, check);
});

test('the manifest that docs/plugins.md shows makes it a plugin with a name and a checked config', async () => {
  mkdirSync(path.join(cwd, 'src'));
  mkdirSync(path.join(cwd, 'adapters'));
  symlinkSync(path.join(root, 'node_modules'), path.join(cwd, 'node_modules'));
  writeFileSync(path.join(cwd, 'src/index.ts'), shown('ts', "name: 'pendulum'"));
  writeFileSync(path.join(cwd, 'adapters/pendulum_adapter.py'), adapter);
  const config = {
    version: 1,
    simulators: { plant: { use: './src/index.ts', torqueLimit: 2 } },
    run: { simulator: 'plant', episodes: 1, steps: 3 },
  };
  writeFileSync(path.join(cwd, 'packaged.yaml'), JSON.stringify(config));
  const { status, stderr } = await farsim(['run', 'packaged.yaml'], { cwd });
  expect(status, stderr).toBe(0);
  const wrong = await farsim(['run', 'packaged.yaml', 'simulators.plant.torqueLimit=-1'], { cwd });
  expect(wrong.stderr).toContain('torqueLimit');
  expect(wrong.status).toBe(4);
});
