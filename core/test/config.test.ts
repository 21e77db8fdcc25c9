import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { applyOverride } from '../src/runtime/config/apply-override.ts';
import { plainValue } from '../src/yaml/config-node.ts';
import { interpolateConfig } from '../src/runtime/config/interpolate-config.ts';
import { loadConfig } from '../src/runtime/config/load-config.ts';
import { readConfigText } from '../src/yaml/read-config.ts';
import { redactOverride } from '../src/runtime/config/redact-config.ts';
import { showConfig } from '../src/runtime/config/show-config.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'farsim-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function configFile(text: string): string {
  const file = path.join(folder, `config-${files++}.yaml`);
  writeFileSync(file, text);
  return file;
}

const small =
  'version: 1\nsimulators:\n  plant: { use: counter, envs: 3 }\nrun: { episodes: 2, steps: 10 }\n';

describe('a fault is told with its place', () => {
  test.each([
    [
      'an unknown key',
      'version: 1\nrun:\n  episodes: 1\n  stepz: 10\n',
      'UNKNOWN_KEY',
      ':4:3: run has no key',
      ["did you mean 'steps'?"],
    ],
    [
      'a key that is not at the top',
      'version: 1\nsimulator: {}\n',
      'UNKNOWN_KEY',
      ':2:1: the config has no key',
      ["did you mean 'simulators'?"],
    ],
    [
      'a wrong type',
      'version: 1\nrun: { episodes: many }\n',
      'CONFIG_INVALID',
      ":2:18: run.episodes: 'many' is not a whole number, 1 or more",
      ['run.episodes: Episodes of single envs, all envs together.'],
    ],
    [
      'a number out of range',
      'version: 1\nrun: { steps: 0 }\n',
      'CONFIG_INVALID',
      ':2:15: run.steps: 0 is not a whole number, 1 or more',
      ['run.steps: Steps of a round at most.'],
    ],
    [
      'a section without use',
      'version: 1\nsimulators: { plant: { envs: 1 } }\n',
      'CONFIG_INVALID',
      'simulators.plant.use: is missing; it is text',
      ['simulators.plant.use: The plugin: a name, a package or a file.'],
    ],
    [
      'a host key',
      'version: 1\nhosts: { gpu: { pyton: python3 } }\n',
      'UNKNOWN_KEY',
      ':2:17: hosts.gpu has no key',
      ["did you mean 'python'?"],
    ],
    ['another version', 'version: 2\n', 'CONFIG_INVALID', ':1:10: version: ', []],
    ['broken YAML', 'version: 1\nrun: { episodes: 1\n', 'CONFIG_INVALID', ':3:1: ', []],
    ['a key written twice', 'version: 1\nrun: { steps: 1, steps: 2 }\n', 'CONFIG_INVALID', ':2:', []],
  ])('%s', (_, text, code, place, suggestions) => {
    const file = configFile(text);
    expect(() => loadConfig(file)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(place), suggestions }),
    );
  });

  test('several faults are told together', () => {
    const file = configFile('version: 1\nrun: { episodes: 0, steps: 0 }\n');
    expect(() => loadConfig(file)).toThrow(/run\.episodes.*\n.*run\.steps/);
  });

  test.each([
    [
      'a number where text is due',
      '+run.folder=7',
      'command line: run.folder: 7 is not text',
      `'run.folder="7"' is text`,
    ],
    [
      'a value of none of the kinds that are taken',
      '+run.record=5',
      'command line: run.record: 5 is not true, false, text or a list (each text)',
      'run.record: Keep a recording: yes, no, or the recorders by name.',
    ],
    [
      'a value where a large map is due',
      'run=3',
      'command line: run: 3 is not a map { simulator: …, controller: …, episodes: …, steps: …, seed: …, options: …, … }',
      undefined,
    ],
  ])('%s on the command line', (_, override, message, suggestion) => {
    const file = configFile(small);
    expect(() => loadConfig(file, [override])).toThrow(
      expect.objectContaining({
        message,
        suggestions: suggestion === undefined ? [] : expect.arrayContaining([suggestion]),
      }),
    );
  });

  test('many faults are told in a few lines', () => {
    const file = configFile('version: 1\nrun: { record: [1, 2, 3, 4, 5, 6, 7] }\n');
    expect(() => loadConfig(file)).toThrow(/^(.*run\.record\[\d\].*\n){5}and 2 more$/);
  });

  test('a file that is not there', () => {
    expect(() => loadConfig('/nowhere/x.yaml')).toThrow(
      expect.objectContaining({ code: 'FILE_NOT_FOUND', exitCode: 4 }),
    );
  });
});

describe('hostile YAML is refused', () => {
  test('aliases that would grow without end', () => {
    const bomb = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 9; i++)
      bomb.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(', ')}]`);
    const began = performance.now();
    expect(() => readConfigText(bomb.join('\n'), 'bomb.yaml')).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  test('an alias inside itself', () => {
    expect(() => readConfigText('a: &a [*a]', 'loop.yaml')).toThrow(/loop\.yaml:1:8.*itself/);
  });

  test('__proto__ as a key', () => {
    expect(() => readConfigText('__proto__: { use: x }', 'p.yaml')).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });

  test('references that would grow without end', () => {
    const lines = ['r0: [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 9; i++)
      lines.push(`r${i}: [${Array.from({ length: 10 }, () => `'\${ref:r${i - 1}}'`).join(', ')}]`);
    const root = readConfigText(lines.join('\n'), 'refs.yaml');
    expect(() => interpolateConfig(root, folder)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });
});

describe('overrides', () => {
  const after = (...overrides: string[]): unknown =>
    plainValue(overrides.reduce(applyOverride, readConfigText(small, 'small.yaml')));

  test('set a value as YAML, in what is there', () => {
    expect(after('run.episodes=7', 'simulators.plant.on=me@gpu-box', 'run.video={ fps: 25 }')).toMatchObject({
      run: { episodes: 7, steps: 10, video: { fps: 25 } },
      simulators: { plant: { use: 'counter', envs: 3, on: 'me@gpu-box' } },
    });
  });

  test('+ makes the maps on its way and appends to lists', () => {
    expect(after('+hosts.gpu.ssh=gpu-box', '+run.record=[a]', '+run.record=b')).toMatchObject({
      hosts: { gpu: { ssh: 'gpu-box' } },
      run: { record: ['a', 'b'] },
    });
  });

  test('~ removes', () => {
    expect(after('~run.steps')).toEqual({
      version: 1,
      simulators: { plant: { use: 'counter', envs: 3 } },
      run: { episodes: 2 },
    });
  });

  test('one that changes nothing that is there is refused with the key that is near', () => {
    expect(() => after('simulators.plnt.envs=2')).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_KEY',
        suggestions: expect.arrayContaining(["did you mean 'plant'?"]),
      }),
    );
    // there is nothing to add where something was to go
    expect(() => after('~run.video')).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_KEY', suggestions: [] }),
    );
  });

  test('a fault in an override is placed at the command line', () => {
    expect(() => loadConfig(configFile(small), ['run.steps=-1'])).toThrow(/^command line: run\.steps: /);
  });
});

describe('${…}', () => {
  const filled = (text: string, env: NodeJS.ProcessEnv = {}): unknown =>
    plainValue(interpolateConfig(readConfigText(text, 'x.yaml'), folder, env));

  test('env, file and ref are filled in, a lone ref with its type', () => {
    writeFileSync(path.join(folder, 'host.txt'), 'gpu-box\n');
    expect(
      filled(
        'a: ${env:NAME}-1\nb: ${file:host.txt}\nc: { d: 4 }\ne: ${ref:c.d}\nf: n${ref:c.d}\ng: ${ref:c}',
        { NAME: 'me' },
      ),
    ).toEqual({
      a: 'me-1',
      b: 'gpu-box',
      c: { d: 4 },
      e: 4,
      f: 'n4',
      g: { d: 4 },
    });
  });

  test('$${ stays as text', () => {
    expect(filled('a: $${env:NAME}')).toEqual({ a: '${env:NAME}' });
  });

  test.each([
    ['a: ${env:NAME}', /x\.yaml:1:4: .*the environment has no NAME/],
    ['a: ${ref:b.c}', /there is no 'b'/],
    ['a: ${ref:b}\nb: ${ref:a}', /leads back to itself: b → a → b|leads back to itself/],
    ['a: ${exec:rm}', /'exec' is not one of env, file, ref/],
    ['a: ${file:nothing.txt}', /cannot be read/],
  ])('%s is refused with its place', (text, message) => {
    expect(() => filled(text)).toThrow(message);
  });
});

test('later configs are laid over earlier ones, and each value keeps its place', () => {
  const [first, second] = [configFile(small), configFile('run: { steps: 99 }\n')];
  const { root, file } = loadConfig([first, second], ['run.episodes=5']);
  expect(file.run).toMatchObject({ episodes: 5, steps: 99 });
  const shown = showConfig(root, { origins: true });
  expect(shown).toContain(`steps: 99 # ${second}:1:15`);
  expect(shown).toContain('episodes: 5 # command line');
  expect(shown).toContain(`envs: 3 # ${first}:3:32`);
});

test('secrets are never shown', () => {
  const { root } = loadConfig({
    version: 1,
    simulators: { plant: { use: 'x', token: 'abc', env: { WANDB_API_KEY: 'def' }, nats: { creds: 'ghi' } } },
  });
  expect(showConfig(root)).not.toMatch(/abc|def|ghi/);
});

test.each([
  ['OMNI_PASS', 'hunter2'],
  ['AWS_SECRET_ACCESS_KEY', 'hunter2'],
  ['SSH_KEY', 'hunter2'],
  ['SERVERS', 'nats://me:hunter2@bus:4222'],
])('%s is hidden, also in an override', (name, value) => {
  const { root } = loadConfig({ version: 1, simulators: { plant: { use: 'x', env: { [name]: value } } } });
  expect(showConfig(root)).not.toContain('hunter2');
  expect(redactOverride(`+simulators.plant.env.${name}=${value}`)).not.toContain('hunter2');
});

test('what came out of the environment is stored as it was written', () => {
  vi.stubEnv('FARSIM_TEST_VALUE', 'hunter2');
  const source = { version: 1, simulators: { plant: { use: 'x', task: 'a-${env:FARSIM_TEST_VALUE}' } } };
  const { root } = loadConfig(source);
  vi.unstubAllEnvs();
  expect(showConfig(root)).toContain('a-hunter2');
  expect(showConfig(root, { asWritten: true })).toContain('a-${env:FARSIM_TEST_VALUE}');
});
