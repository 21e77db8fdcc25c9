#!/usr/bin/env node
// Older Nodes cannot load TypeScript plugins; the package brings a newer one for Linux, and this file hands over to it.
import { createRequire } from 'node:module';
import path from 'node:path';
import { endWithLauncher, handOver } from '../dist/hand-over.js';

const [major, minor] = process.versions.node.split('.').map(Number);
const newer = major > 22 || (major === 22 && minor >= 18) ? undefined : nodeInPackages();
if (newer) {
  handOver(newer, process.argv.slice(1));
} else {
  endWithLauncher();
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
