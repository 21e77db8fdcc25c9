import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PluginFinder, loadConfig, planDetached, planPipeline } from '@farsim/core';
import { afterAll, describe, expect, test } from 'vitest';
import { startFarsim } from './farsim.ts';
import { openDetachedBench, python, type Failed } from './fixtures/detached-bench.ts';

const bench = await openDetachedBench();
const { cwd, env, name, config, call, json } = bench;
afterAll(() => bench[Symbol.asyncDispose]());

/** A controller that only this side has. */
const policy = `import { z } from ${JSON.stringify(import.meta.resolve('zod'))};
export default {
  kind: 'controller', name: 'policy', summary: 'Acts here.',
  config: z.object({}),
  open: () => Promise.reject(new Error('it is never opened')),
};
`;

describe('what cannot go without this side is refused, with its place, before anything starts', () => {
  const served = { run: { controller: { use: './policy.mjs' } } };
  test.each([
    ['a controller', served, /controller.yaml:1:\d+: run\.controller: the controller 'policy' acts here/],
    ['no recording', { run: { record: false } }, /no-recording.yaml:1:\d+: run\.record: /],
    ['a simulator here', { plant: { use: 'recorded', run: '.' } }, /'recorded' has no far side/],
  ] as [string, { run?: object; plant?: object }, RegExp][])('%s', async (what, { run, plant }, message) => {
    writeFileSync(path.join(cwd, 'policy.mjs'), policy);
    const file = config(what.replace(/^an? /, '').replaceAll(' ', '-'), {}, run);
    if (plant) {
      const content = JSON.parse(readFileSync(path.join(cwd, file), 'utf8')) as { simulators: object };
      content.simulators = { plant };
      writeFileSync(path.join(cwd, file), JSON.stringify(content));
    }
    const loaded = loadConfig(path.join(cwd, file));
    const plan = await planPipeline(loaded, new PluginFinder());
    const refusal = { code: 'CONFIG_INVALID', message: expect.stringMatching(message) };
    expect(() => planDetached(plan)).toThrow(expect.objectContaining(refusal));
    if (what !== 'a controller') return;
    for (const more of [[], ['--dry-run']]) {
      const { status, stdout } = await call('run', file, '--detach', '--json', ...more);
      expect((JSON.parse(stdout) as Failed).error).toMatchObject({ ...refusal, exit: 4 });
      expect(status).toBe(4);
    }
  });

  test('a Python that cannot record', async () => {
    const bare = path.join(cwd, 'bare');
    spawnSync(python, ['-m', 'venv', '--without-pip', bare]);
    const file = config('bare-python', { python: path.join(bare, 'bin/python'), failLaunch: true });
    const { status, stdout } = await call('run', file, '--detach', '--json');
    const { error } = JSON.parse(stdout) as Failed;
    expect(error).toMatchObject({ code: 'PACKAGE_MISSING', message: expect.stringContaining('no mcap') });
    expect(error.suggestions.join()).toContain('pip install mcap numpy');
    expect(status).toBe(7);
  });

  test('who is killed before the first step leaves nothing', async () => {
    const file = config('killed', { resetTime: 1.5, lease: { grace: 1 } });
    const cache = path.join(cwd, 'cache');
    const running = startFarsim(['run', file, '--detach'], { cwd, env: { ...env, FARSIM_CACHE: cache } });
    await running.says('ready');
    running.process.kill('SIGKILL');
    const files = (): string[] => readdirSync(cache, { recursive: true, encoding: 'utf8' });
    expect(files().filter((found) => found.endsWith('/run'))).toHaveLength(1);
    while (!files().some((found) => found.endsWith('/bridge-exit.json'))) await sleep(50);
    await expect.poll(() => files().filter((found) => found.endsWith('/run'))).toEqual([]);
    expect(existsSync(path.join(cwd, 'killed'))).toBe(false);
  });

  test('a start that fails leaves neither a session nor a recording', async () => {
    const sessions = async (): Promise<string[]> =>
      (await json<{ sessions: { name: string; session: string }[] }>('host', 'ps', 'local')).sessions
        .filter((shown) => shown.name === name)
        .map(({ session }) => session);
    const before = await sessions();
    const { status } = await call(
      'run',
      config('no-start', { failReset: true, failLaunch: true }),
      '--detach',
    );
    expect(status).toBe(7);
    expect(await sessions()).toEqual(before);
    expect(existsSync(path.join(cwd, 'no-start'))).toBe(false);
  });
});
