// Lists the commands in cli/oclif.manifest.json, so that a packed `farsim` need not import them all to start.
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Plugin } from '@oclif/core';

const root = path.join(path.dirname(import.meta.dirname), 'cli');
const file = path.join(root, 'oclif.manifest.json');

if (process.argv.includes('--remove')) {
  await rm(file, { force: true });
} else {
  const plugin = new Plugin({ root, type: 'core', ignoreManifest: true, errorOnManifestCreate: true });
  await plugin.load();
  await writeFile(file, JSON.stringify(plugin.manifest));
}
