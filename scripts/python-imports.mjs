import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import path from 'node:path';
import { importCircles } from './import-circles.mjs';

/** Rooms of python/farsim/bridge by level: a room imports only rooms of lower levels. */
const levels = {
  wire: 0,
  processes: 0,
  controllers: 1,
  world: 1,
  bus: 1,
  engines: 1,
  session: 2,
  gymnasium_envs: 2,
  supervisor: 2,
  recording: 3,
  simulator: 4,
  verbs: 4,
};
/** What lies beside the rooms: these import no room and any room imports them; all others may import everything. */
const ground = ['adapter', 'errors', 'json_value'];
const bridge = 'python/farsim/bridge';

const importPattern = /^\s*from (\.+)([\w.]*) import (?:\(([^)]*)\)|(.+))/gm;

/** Every fault of the bridge's imports as `file: sentence`; those within functions and for types alone count too. */
export async function pythonImportFaults(root) {
  const files = [];
  for await (const file of glob(`${bridge}/**/*.py`, { cwd: root })) files.push(file);
  const known = new Set(files);
  const faults = [];
  const imports = new Map();
  for (const file of files.toSorted()) {
    const targets = importedModules(readFileSync(path.join(root, file), 'utf8'), file, known);
    imports.set(file, targets);
    for (const target of targets) {
      const fault = roomFault(roomOf(file), roomOf(target));
      if (fault) faults.push(`${file}: ${fault}`);
    }
  }
  for (const circle of importCircles(imports))
    faults.push(`${circle.join(' → ')}: import each other in a circle`);
  return faults;
}

function importedModules(text, file, known) {
  return Array.from(text.matchAll(importPattern)).flatMap(([, dots, dotted, several, one]) => {
    const folder = path.posix.join(path.posix.dirname(file), '../'.repeat(dots.length - 1));
    const module = path.posix.join(folder, dotted.replaceAll('.', '/'));
    if (known.has(`${module}.py`)) return [`${module}.py`];
    return (several ?? one)
      .split(',')
      .map((name) => path.posix.join(module, `${name.trim().split(' ')[0]}.py`))
      .filter((name) => known.has(name));
  });
}

/** A room's name, or the name of a module beside the rooms. */
function roomOf(file) {
  return path.posix.relative(bridge, file).split('/')[0].replace(/\.py$/, '');
}

function roomFault(room, target) {
  if (room === target || ground.includes(target)) return undefined;
  if (ground.includes(room)) return `${room} imports ${target}, and is below all rooms`;
  if (levels[room] === undefined)
    return room.startsWith('__') ? undefined : `room '${room}' is not known to scripts/python-imports.mjs`;
  if (levels[target] === undefined) return `room '${target}' is not known to scripts/python-imports.mjs`;
  return levels[target] < levels[room] ? undefined : `${room} imports ${target}, which is not below it`;
}
