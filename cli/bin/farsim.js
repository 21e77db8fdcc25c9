#!/usr/bin/env node
// Older Nodes cannot load TypeScript plugins; the package brings a newer one for Linux, and this file hands over to it.
import module, { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { endWithLauncher, handOver } from '../dist/hand-over.js';

const [major, minor] = process.versions.node.split('.').map(Number);
const newer = major > 22 || (major === 22 && minor >= 18) ? undefined : nodeInPackages();
if (newer) {
  handOver(newer, process.argv.slice(1));
} else {
  endWithLauncher();
  // a fifth of a command's start is the compiling of what it loads
  const caches = process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache');
  module.enableCompileCache(path.join(caches, 'farsim', 'compiled'));
  const { main } = await import('../dist/main.js');
  await main(process.argv.slice(2), import.meta.url);
}

function nodeInPackages() {
  const require = createRequire(import.meta.url);
  try {
    return path.join(
      path.dirname(require.resolve(`node-${process.platform}-${process.arch}/package.json`)),
      'bin',
      'node',
    );
  } catch {
    return undefined;
  }
}
