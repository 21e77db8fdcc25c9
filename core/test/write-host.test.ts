import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { nameHost, writeHost } from '../src/runtime/config/write-host.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'farsim-hosts-'));
  file = path.join(folder, 'farsim/hosts.yaml');
  vi.stubEnv('XDG_CONFIG_HOME', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const list = (text: string): void => {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
};

test('the first machine makes the list', async () => {
  await writeHost('gpu-box', { ssh: 'me@gpu-box', python: 'conda:lab', gpu: 1 });
  expect(readFileSync(file, 'utf8')).toBe('gpu-box: { ssh: me@gpu-box, python: conda:lab, gpu: 1 }\n');
});

test.each([
  ['', 'old: { ssh: old }\n# spare\nspare: {}\n', 'new: { ssh: new }\n'],
  [' under hosts', 'hosts:\n  old: { ssh: old } # ours\n', '  new: { ssh: new }\n'],
])('a machine is added to a list%s, whose comments stay', async (_, before, added) => {
  list(before);
  await writeHost('new', { ssh: 'new' });
  expect(readFileSync(file, 'utf8')).toBe(`${before}${added}`);
});

test('what a machine says already stands', async () => {
  list('gpu: { ssh: gpu, python: /mine } # do not touch\n');
  const written = await writeHost('gpu', { ssh: 'gpu', python: 'conda:lab', gpu: 0 });
  expect(written).toMatchObject({ entry: { python: '/mine', gpu: 0 }, added: ['gpu'] });
  expect(readFileSync(file, 'utf8')).toBe('gpu: { ssh: gpu, python: /mine, gpu: 0 } # do not touch\n');
});

test('a list that cannot be read is left as it is', async () => {
  list('gpu: { ssh: [\n');
  await expect(writeHost('new', { ssh: 'new' })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  expect(readFileSync(file, 'utf8')).toBe('gpu: { ssh: [\n');
});

test('who reads the list while a machine is added sees it whole, and its mode and a link to it stay', async () => {
  const kept = path.join(folder, 'dotfiles.yaml');
  writeFileSync(kept, 'old: { ssh: old }\n', { mode: 0o600 });
  mkdirSync(path.dirname(file));
  symlinkSync(kept, file);
  const reader = openSync(file, 'r');
  await writeHost('new', { ssh: 'new' });
  expect(readFileSync(reader, 'utf8')).toBe('old: { ssh: old }\n');
  closeSync(reader);
  expect(readFileSync(kept, 'utf8')).toBe('old: { ssh: old }\nnew: { ssh: new }\n');
  expect(statSync(kept).mode & 0o777).toBe(0o600);
  expect(lstatSync(file).isSymbolicLink()).toBe(true);
  expect(readdirSync(folder).toSorted()).toEqual(['dotfiles.yaml', 'farsim']);
});

test('a link that leads to nothing yet stays, and leads to the list', async () => {
  const kept = path.join(folder, 'dotfiles.yaml');
  mkdirSync(path.dirname(file));
  symlinkSync('../dotfiles.yaml', file);
  await writeHost('new', { ssh: 'new' });
  expect(lstatSync(file).isSymbolicLink()).toBe(true);
  expect(readFileSync(kept, 'utf8')).toBe('new: { ssh: new }\n');
});

test('a list that a group may write stays so', async () => {
  list('old: { ssh: old }\n');
  chmodSync(file, 0o664);
  await writeHost('new', { ssh: 'new' });
  expect(statSync(file).mode & 0o777).toBe(0o664);
});

test.each([
  ['me@gpu-box', 'gpu-box'],
  ['ssh://me@gpu-box.example.org:2222', 'gpu-box'],
  ['me@10.0.0.5', 'host-10-0-0-5'],
  ['[fe80::1]:22', 'host-fe80-1-22'],
  ['3d.example.org', 'host-3d'],
])('%s is called %s', (destination, name) => {
  expect(nameHost(destination)).toBe(name);
});

test('a name that another machine has is counted on; the same machine keeps its name', () => {
  list('gpu: { ssh: me@gpu.one }\n');
  expect(nameHost('me@gpu.two')).toBe('gpu-2');
  expect(nameHost('me@gpu.one')).toBe('gpu');
});
