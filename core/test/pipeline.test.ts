import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { PluginFinder } from '../src/runtime/plugins/find-plugin.ts';
import { openPipeline } from '../src/runtime/open-pipeline.ts';
import type { ConfigSource } from '../src/runtime/config/load-config.ts';

const here = import.meta.dirname;
const plugin = path.join(here, 'fixtures/counter-plugin.ts');
const folder = mkdtempSync(path.join(os.tmpdir(), 'farsim-pipeline-'));
process.env.XDG_CONFIG_HOME = path.join(folder, 'config');
afterAll(() => rmSync(folder, { recursive: true }));

const events: string[] = ((globalThis as { farsimTestEvents?: string[] }).farsimTestEvents ??= []);
beforeEach(() => void events.splice(0));

const open = (source: ConfigSource, overrides: string[] = []) => openPipeline(source, overrides);
const sections = (simulators: Record<string, object>, run?: object): ConfigSource => ({
  version: 1,
  simulators: Object.fromEntries(
    Object.entries(simulators).map(([name, keys]) => [name, { use: plugin, ...keys }]),
  ),
  ...(run && { run: { folder: path.join(folder, 'runs'), ...run } }),
});

describe('opening', () => {
  test('opens in order, a section that another asks for before it, and closes in reverse', async () => {
    await using pipeline = await open(sections({ view: { after: 'plant' }, plant: {}, other: {} }));
    expect(events).toEqual(['open plant', 'open view', 'open other']);
    await pipeline[Symbol.asyncDispose]();
    expect(events.slice(3)).toEqual(['close other', 'close view', 'close plant']);
  });

  test('closes the first two when the third fails to open', async () => {
    await expect(open(sections({ one: {}, two: {}, three: { fails: true } }))).rejects.toThrow(
      'three cannot open',
    );
    expect(events).toEqual(['open one', 'open two', 'close two', 'close one']);
  });

  test('two sections that wait for each other are named', async () => {
    await expect(open(sections({ one: { after: 'two' }, two: { after: 'one' } }))).rejects.toMatchObject({
      code: 'UNMET_NEED',
      message: 'these sections wait for each other: simulator/one → simulator/two → simulator/one',
    });
  });

  test('leaves nothing in the global container', async () => {
    await using pipeline = await open(sections({ plant: {} }));
    expect(pipeline.simulator().spec.sim).toBe('counter');
    const { container } = await import('tsyringe');
    expect(container.isRegistered(Symbol.for('farsim/simulator/plant'))).toBe(false);
  });

  test('a simulator that is not there is refused with the name that is near', async () => {
    await using pipeline = await open(sections({ plant: {}, view: {} }));
    expect(() => pipeline.simulator('plan')).toThrow(
      expect.objectContaining({ code: 'UNMET_NEED', suggestions: ["did you mean 'plant'?"] }),
    );
    expect(() => pipeline.simulator()).toThrow(/which simulator\? The config has plant, view/);
  });
});

describe('planning', () => {
  test.each([
    [
      'a plugin that nobody has',
      { version: 1, simulators: { plant: { use: 'mujokko' } } },
      'UNKNOWN_PLUGIN',
      'simulators.plant: there is no simulator plugin',
    ],
    [
      'a plugin file that is not there',
      { version: 1, simulators: { plant: { use: './no.ts' } } },
      'FILE_NOT_FOUND',
      'no.ts',
    ],
    [
      'a key of the plugin',
      sections({ plant: { envz: 2 } }),
      'UNKNOWN_KEY',
      "simulators.plant has no key 'envz'; it may hold envs",
    ],
    [
      'a run of a simulator that is not there',
      sections({ plant: {} }, { simulator: 'plnt' }),
      'UNMET_NEED',
      "no simulator 'plnt'",
    ],
    ['a run that fits two simulators', sections({ a: {}, b: {} }, {}), 'UNMET_NEED', 'choose one of a, b'],
    [
      'video without a replay',
      sections({ plant: {} }, { video: true }),
      'UNMET_NEED',
      'run.replay names no simulator',
    ],
    [
      'a replay of what is not recorded',
      sections({ plant: {}, view: {} }, { replay: 'view', record: false }),
      'CONFIG_INVALID',
      'run.record is false',
    ],
    [
      'a controller that nobody has',
      sections({ plant: {} }, { controller: 'randon' }),
      'UNKNOWN_PLUGIN',
      "no controller plugin 'randon'",
    ],
    [
      'a codec that nobody has',
      { version: 1, simulators: { plant: { use: 'counter', codec: 'cbor' } } },
      'UNKNOWN_PLUGIN',
      "no codec plugin 'cbor'",
    ],
  ] as const)('%s is refused before anything opens', async (_, source, code, message) => {
    await expect(open(source)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    expect(events).toEqual([]);
  });

  test('hosts give defaults that a section may override, and a transport', async () => {
    const { planPipeline } = await import('../src/runtime/plan/plan-pipeline.ts');
    const { loadConfig } = await import('../src/runtime/config/load-config.ts');
    const config = {
      version: 1,
      hosts: { box: { python: 'conda:sim', env: { A: '1', B: '1' }, lease: { idle: 60 } } },
      simulators: { plant: { use: 'counter', on: 'box', env: { B: '2' } } },
    };
    const plan = await planPipeline(loadConfig(config), new PluginFinder());
    expect(plan.sections.get('simulator/plant')).toMatchObject({
      config: { python: 'conda:sim', env: { A: '1', B: '2' }, lease: { idle: 60, total: 86_400 } },
      needs: { transport: 'on:box', codec: 'protobuf' },
    });
    expect(plan.sections.get('transport/on:box')?.plugin.name).toBe('local');
  });
});

test('a host of the user’s own list keeps what a config does not say of it', async () => {
  const { readHosts, userHostsFile } = await import('../src/runtime/config/read-hosts.ts');
  mkdirSync(path.dirname(userHostsFile()), { recursive: true });
  writeFileSync(userHostsFile(), 'box: { ssh: me@box, python: conda:sim }\n');
  try {
    expect(readHosts({ box: { env: { A: '1' } } })).toMatchObject({
      box: { ssh: 'me@box', python: 'conda:sim', env: { A: '1' } },
    });
  } finally {
    rmSync(userHostsFile());
  }
});

describe('a run', () => {
  test('leaves a folder with the recording, the resolved config without secrets, the metrics and the exit', async () => {
    await using pipeline = await open(
      sections(
        { plant: { envs: 2, password: 'hunter2' } },
        { episodes: 4, steps: 5, seed: 1, controller: { use: 'random', seed: 2 } },
      ),
    );
    const summary = await pipeline.run();
    expect(summary).toMatchObject({ reason: 'finished', rounds: 2, steps: 10, frames: 12 });
    expect(summary.files).toEqual(
      expect.arrayContaining(['events.ndjson', 'exit.json', 'metrics.json', 'run.json', 'run.yaml']),
    );
    const read = (name: string): string => readFileSync(path.join(summary.folder, name), 'utf8');
    expect(read('run.yaml')).toContain('controller:');
    expect(read('run.yaml')).not.toContain('hunter2');
    expect(JSON.parse(read('exit.json'))).toMatchObject({ reason: 'finished', exit: 0 });
    expect(JSON.parse(read('run.json'))).toMatchObject({
      simulator: 'plant',
      seed: 1,
      controller: { plugin: 'random' },
      recorders: [{ plugin: 'mcap' }],
    });
    expect(readlinkSync(path.join(folder, 'runs/latest'))).toBe(summary.id);

    await using recording = await pipeline.recording(summary.folder);
    expect(recording.sealed).toBe(true);
    expect(recording.episodes).toEqual(summary.episodes);
  });

  test('its actions applied again lead to the same joints, and the run says so', async () => {
    await using pipeline = await open(
      sections({ plant: {} }, { steps: 20, controller: { use: 'random', seed: 3 } }),
    );
    const first = await pipeline.run();
    await using again = await open(
      sections({ plant: {} }, { steps: 20, controller: { use: 'recorded', run: first.folder } }),
    );
    const second = await again.run();
    expect(second.steps).toBe(20);
    expect(second.controller).toMatchObject({ divergence: [{ joint: 'counter/count_0', max: 0, rms: 0 }] });
  });

  test('may apply the actions of the run before it as runs/latest, which it becomes itself', async () => {
    await using pipeline = await open(sections({ plant: {} }, { steps: 5, controller: { use: 'sine' } }));
    await pipeline.run();
    const latest = path.join(folder, 'runs/latest');
    await using again = await open(
      sections({ plant: {} }, { steps: 20, controller: { use: 'recorded', run: latest } }),
    );
    const { id, steps } = await again.run();
    expect(steps).toBe(5);
    expect(readlinkSync(latest)).toBe(id);
  });

  test('that is stopped is sealed, says so, and can be read', async () => {
    const stop = new AbortController();
    await using pipeline = await openPipeline(sections({ plant: {} }, { steps: 1_000 }), [], {
      signal: stop.signal,
    });
    const summary = await pipeline.run({ onStep: ({ step }) => step === 7 && stop.abort() });
    expect(summary).toMatchObject({ reason: 'interrupted', steps: 7 });
    expect(JSON.parse(readFileSync(path.join(summary.folder, 'exit.json'), 'utf8'))).toMatchObject({
      reason: 'interrupted',
      exit: 130,
    });
    await using recording = await pipeline.recording(summary.folder);
    expect(recording.episodes).toMatchObject([{ outcome: 'interrupted', lastRow: 7 }]);
  });

  test('that is stopped before its first step says so', async () => {
    const stop = new AbortController();
    await using pipeline = await openPipeline(sections({ plant: {} }, {}), [], { signal: stop.signal });
    const run = pipeline.run({ onPhase: (phase) => phase === 'stepping' && stop.abort() });
    const error = (await run.catch((thrown: unknown) => thrown)) as {
      code: string;
      details: { folder: string };
    };
    expect(error).toMatchObject({ code: 'INTERRUPTED' });
    expect(JSON.parse(readFileSync(path.join(error.details.folder, 'exit.json'), 'utf8'))).toMatchObject({
      reason: 'interrupted',
      exit: 130,
    });
  });

  test.each(['/proc/none/runs', '/dev/null/runs'])(
    'that can write no folder at %s is refused',
    async (target) => {
      await using pipeline = await open(sections({ plant: {} }, { folder: target }));
      await expect(pipeline.run()).rejects.toMatchObject({
        code: 'DISK_FULL',
        suggestions: ['write elsewhere with run.folder=/path'],
      });
    },
  );

  test('that cannot begin keeps its error in exit.json and throws it with the folder', async () => {
    const keyframes = path.join(folder, 'bad.yaml');
    writeFileSync(keyframes, '- { time: 0, ctrl: [1, 2, 3] }\n');
    await using pipeline = await open(
      sections({ plant: {} }, { controller: { use: 'keyframes', file: keyframes } }),
    );
    const error = (await pipeline.run().catch((thrown: unknown) => thrown)) as {
      code: string;
      details: { folder: string };
    };
    expect(error).toMatchObject({ code: 'BAD_ARGUMENT' });
    expect(JSON.parse(readFileSync(path.join(error.details.folder, 'exit.json'), 'utf8'))).toMatchObject({
      reason: 'failed',
      code: 'BAD_ARGUMENT',
      exit: 1,
    });
    expect(existsSync(path.join(error.details.folder, 'metrics.json'))).toBe(true);
  });
});
