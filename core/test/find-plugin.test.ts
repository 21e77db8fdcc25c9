import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { configJsonSchema } from '../src/runtime/config/config-json-schema.ts';
import { PluginFinder } from '../src/runtime/plugins/find-plugin.ts';

const here = import.meta.dirname;
const folder = mkdtempSync(path.join(os.tmpdir(), 'farsim-plugins-'));
afterAll(() => rmSync(folder, { recursive: true }));

const project = path.join(folder, 'project');
const makePackage = (name: string, farsim: object): void => {
  const target = path.join(project, 'node_modules', name);
  mkdirSync(target, { recursive: true });
  const config = '{ safeParse: (value) => ({ success: true, data: value }) }';
  writeFileSync(
    path.join(target, 'main.js'),
    `export default { kind: 'simulator', name: 'foo', summary: 'x', config: ${config}, open: async () => undefined };\n`,
  );
  writeFileSync(
    path.join(target, 'package.json'),
    JSON.stringify({ name, version: '1.2.3', type: 'module', exports: { '.': './main.js' }, farsim }),
  );
};

test('a package beside the config is found by its short name, its own name, and before a built-in one', async () => {
  makePackage('farsim-sim-foo', { api: 1, provides: [{ kind: 'simulator', name: 'foo', entry: '.' }] });
  const finder = new PluginFinder();
  for (const use of ['foo', 'farsim-sim-foo', 'farsim-sim-foo#foo']) {
    expect((await finder.find('simulator', use, project)).name).toBe('foo');
  }
  await expect(finder.find('simulator', 'foo', here)).rejects.toMatchObject({ code: 'UNKNOWN_PLUGIN' });
});

test('a package for another plugin api is refused with both', async () => {
  makePackage('farsim-sim-new', { api: 2, provides: [{ kind: 'simulator', name: 'new', entry: '.' }] });
  await expect(new PluginFinder().find('simulator', 'new', project)).rejects.toMatchObject({
    code: 'UNSUPPORTED',
    message: expect.stringContaining('plugin api 2; this farsim has api 1'),
  });
});

test('a broken package and one for another plugin api hide no other plugin', async () => {
  writeFileSync(
    path.join(project, 'package.json'),
    JSON.stringify({ name: 'project', dependencies: { 'farsim-sim-new': '1', 'farsim-sim-torn': '1' } }),
  );
  makePackage('farsim-sim-new', { api: 2, provides: [{ kind: 'simulator', name: 'new', entry: '.' }] });
  makePackage('farsim-sim-torn', { api: 1, provides: [{ kind: 'simulator', name: 'torn', entry: '.' }] });
  writeFileSync(path.join(project, 'node_modules/farsim-sim-torn/main.js'), 'export default {');
  const { plugins, broken } = await new PluginFinder().loadAll(project);
  expect(plugins.map(({ name }) => name)).toEqual(expect.arrayContaining(['recorded', 'zero']));
  const codes = Object.fromEntries(broken.map(({ plugin, error }) => [plugin.name, error.code]));
  expect(codes).toEqual({ new: 'UNSUPPORTED', torn: 'UNKNOWN_PLUGIN' });
});

test('a file that exports no manifest is refused with what to do', async () => {
  const file = path.join(folder, 'empty.ts');
  writeFileSync(file, 'export const nothing: number = 1;\n');
  await expect(new PluginFinder().find('simulator', file, here)).rejects.toMatchObject({
    code: 'UNKNOWN_PLUGIN',
    suggestions: ['export default definePlugin({ … })'],
  });
});

test('the schema for editors knows each plugin’s keys and nothing else', async () => {
  const { plugins } = await new PluginFinder().loadAll(here);
  const schema = configJsonSchema(plugins) as {
    properties: { simulators: { additionalProperties: { anyOf: { properties: Record<string, object> }[] } } };
  };
  const counter = schema.properties.simulators.additionalProperties.anyOf.find(
    ({ properties }) => (properties.use as { const?: string }).const === 'counter',
  );
  expect(Object.keys(counter!.properties)).toEqual(
    expect.arrayContaining(['use', 'on', 'python', 'codec', 'transport']),
  );
});
