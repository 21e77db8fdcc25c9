import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const startMs = 5_000;

/** Namespaces that are held open, and end with all that runs in them. */
export interface Holder extends AsyncDisposable {
  /** Their first process, as this machine numbers it. */
  readonly pid: number;
}

/** Runs a shell script as the first process of namespaces of its own and waits until it prints `ready`. Needs root, and then must work. */
export async function startHolder(namespaces: readonly string[], script: string): Promise<Holder> {
  const words = [...namespaces, '--fork', '--mount-proc', '--kill-child', 'sh', '-ec', script];
  const holder = spawn('unshare', words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(holder, 'exit');
  const ready = once(holder.stdout, 'data');
  await Promise.race([
    ready,
    exited.then(() => Promise.reject(new Error('the namespaces could not be made'))),
    sleep(startMs, undefined, { ref: false }).then(() => Promise.reject(new Error('no namespaces came'))),
  ]);
  return {
    pid: await onlyChild(holder.pid!),
    async [Symbol.asyncDispose]() {
      holder.kill('SIGKILL');
      await exited;
    },
  };
}

async function onlyChild(pid: number): Promise<number> {
  return Number((await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim());
}
