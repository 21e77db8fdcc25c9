#!/usr/bin/env node
// Older Nodes cannot load TypeScript plugins; the package brings a newer one for Linux, and this file hands over to it.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';

const [major, minor] = process.versions.node.split('.').map(Number);
const newer = major > 22 || (major === 22 && minor >= 18) ? undefined : nodeInPackages();
if (newer) {
  const child = spawn(newer, process.argv.slice(1), { stdio: 'inherit' });
  // a terminal's Ctrl-C reaches both; this side waits for the other's way of ending
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGHUP'));
  child.on('exit', (code, signal) => (signal ? process.kill(process.pid, signal) : process.exit(code ?? 1)));
} else {
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
