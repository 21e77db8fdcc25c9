import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { startHolder } from './start-holder.ts';

const run = promisify(execFile);

/** A container that runs: its own files where homes and sockets lie, its own processes, host name, and no network. */
export interface Container extends AsyncDisposable {
  /** A program that runs a command in it, as `docker exec -i NAME` does: what it started outlives it and its process group. */
  readonly exec: string;
  /** What a shell says there. */
  ask(script: string): Promise<string>;
}

export async function openContainer(): Promise<Container> {
  const folder = await mkdtemp(path.join(tmpdir(), 'farsim-container-'));
  const home = `mount -t tmpfs none ${homedir()}; mount -t tmpfs none /tmp; mkdir /tmp/inside`;
  const holder = await startHolder(
    ['--mount', '--pid', '--net', '--uts'],
    `hostname box; ${home}; echo ready; exec sleep 1000`,
  );
  const exec = path.join(folder, 'container-exec');
  const enter = `exec nsenter --target ${holder.pid} --mount --pid --net --uts -- setsid --wait`;
  const surroundings = 'env -i HOME=/tmp/inside PATH=/usr/sbin:/usr/bin:/sbin:/bin';
  await writeFile(exec, `#!/bin/sh\n${enter} ${surroundings} "$@"\n`, { mode: 0o755 });
  return {
    exec,
    ask: async (script) => (await run(exec, ['sh', '-c', script])).stdout,
    async [Symbol.asyncDispose]() {
      await holder[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}
