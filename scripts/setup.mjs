// Makes a fresh clone ready: installs what package-lock.json says and builds. Runs on Node 20 with nothing installed.
// `node scripts/setup.mjs SCRIPT WORDS…` then goes on with that script, in the Node that the project runs on.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const inRoot = (name) => path.join(root, name);
const oldestNode = [20, 0];

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
  fail(`farsim needs Node ${oldestNode[0]} or newer; this is ${process.versions.node}`);
}

if (
  !existsSync(inRoot('node_modules/.package-lock.json')) ||
  isNewer('package-lock.json', 'node_modules/.package-lock.json')
) {
  say('installing packages (npm ci)');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  step(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], 'ignore');
}
const built = Date.now();
step(nodeOfTheProject(), [inRoot('node_modules/typescript/bin/tsc'), '-b']);
if (Date.now() - built > 5_000) say(`built in ${((Date.now() - built) / 1000).toFixed(0)} s`);

const [script, ...words] = process.argv.slice(2);
if (script) goOn(script, words);

/** Becomes the script, as far as a process can: its streams, its signals and its end are this one's. */
function goOn(script, words) {
  const bin = inRoot('node_modules/.bin');
  const env = { ...process.env, PATH: [bin, process.env.PATH].join(path.delimiter) };
  const child = spawn(nodeOfTheProject(), [inRoot(script), ...words], { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(error.message));
  child.on('close', (status, signal) => process.exit(status ?? 128 + os.constants.signals[signal]));
}

/** The Node that the workspace brings, where the system's is older than 22.18. */
function nodeOfTheProject() {
  const own = inRoot('node_modules/.bin/node');
  return major > 22 || (major === 22 && minor >= 18) || !existsSync(own) ? process.execPath : own;
}

function isNewer(file, than) {
  return statSync(inRoot(file)).mtimeMs > statSync(inRoot(than)).mtimeMs;
}

/** Shows what a step says on standard error, and on standard output too where faults are told there. */
function step(command, words, output = 'inherit') {
  const { status, error } = spawnSync(command, words, { cwd: root, stdio: ['ignore', output, 'inherit'] });
  if (error) fail(`${command} did not start: ${error.message}`);
  if (status !== 0) fail(`${[path.basename(command), ...words].join(' ')} failed`, status ?? 1);
}

function say(line) {
  process.stderr.write(`setup: ${line}\n`);
}

function fail(line, status = 1) {
  say(line);
  process.exit(status);
}
