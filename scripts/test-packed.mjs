// `npm run test:full`: packs every package, installs the tarballs in an empty folder as a user would, runs the demo and the
// examples there, holds the sample plugin to the simulator's contract and replays Unitree's G1. Needs the package registries.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { devPython } from './dev-python.mjs';
import { mjlabG1 } from './mjlab-g1.mjs';

const root = path.dirname(import.meta.dirname);
const work = mkdtempSync(path.join(os.tmpdir(), 'farsim-packed-'));
const tarballs = path.join(work, 'tarballs');
const home = path.join(work, 'project');
const plugin = path.join(work, 'farsim-sim-rapier');
let failed = 0;

try {
  for (const folder of [tarballs, home]) mkdirSync(folder);
  step('pack', 'npm', ['pack', '--workspaces', '--silent', '--pack-destination', tarballs], root);
  const core = readdirSync(tarballs).filter((name) => /^farsim-(core|python)-/.test(name));
  cpSync(path.join(root, 'examples/plugins/farsim-sim-rapier'), plugin, { recursive: true });
  const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  step(
    'install for the sample plugin',
    'npm',
    [...install, '--no-save', ...core.map((name) => path.join(tarballs, name))],
    plugin,
  );
  step('pack the sample plugin', 'npm', ['pack', '--silent', '--pack-destination', tarballs], plugin);
  writeFileSync(
    path.join(home, 'package.json'),
    JSON.stringify({ name: 'project', private: true, type: 'module' }),
  );
  const packed = readdirSync(tarballs).map((name) => path.join(tarballs, name));
  step('install the tarballs', 'npm', [...install, ...packed], home);
  cpSync(path.join(root, 'examples'), path.join(home, 'examples'), {
    recursive: true,
    filter: (source) => !source.includes('/plugins'),
  });
  // the examples name the demo's model as it lies in the repository
  cpSync(path.join(root, 'cli/demo'), path.join(home, 'cli/demo'), { recursive: true });
  const farsim = path.join(home, 'node_modules/.bin/farsim');
  step('demo', farsim, ['demo', '--json'], home);
  for (const example of readdirSync(path.join(home, 'examples')).filter(
    // one wants a machine with a GPU
    (name) => name.endsWith('.yaml') && name !== 'isaac-gpu.yaml',
  )) {
    step(
      example,
      farsim,
      ['run', path.join('examples', example), 'run.episodes=1', 'run.steps=20', '--json'],
      home,
    );
  }
  step('direct-control.ts', process.execPath, [path.join('examples', 'direct-control.ts')], home);
  cpSync(path.join(root, 'test/packed-rapier.mjs'), path.join(home, 'packed-rapier.mjs'));
  step('sample plugin', process.execPath, ['packed-rapier.mjs'], home);
  cpSync(path.join(root, 'test/packed-g1.mjs'), path.join(home, 'packed-g1.mjs'));
  const python = devPython({ make: true });
  step('Unitree’s G1, replayed', process.execPath, ['packed-g1.mjs', mjlabG1(), python], home);
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;

/** Runs a command and prints a line for it, with its output when it fails. */
function step(name, command, words, cwd) {
  const began = performance.now();
  const { status, stdout, stderr, error } = spawnSync(command, words, {
    cwd,
    encoding: 'utf8',
    timeout: 300_000,
  });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  if (status === 0) {
    console.log(`ok     ${name} (${seconds} s)`);
    return;
  }
  failed++;
  console.log(`FAILED ${name} (${seconds} s)\n${error?.message ?? ''}${stdout}${stderr}`);
}
