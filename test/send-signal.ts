import { existsSync, readdirSync, readFileSync } from 'node:fs';

const stopMs = 5_000;

/** As `process.kill`; after SIGSTOP it returns when every thread stands still, which on a busy machine is a while later. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  process.kill(pid, signal);
  if (signal !== 'SIGSTOP') return;
  for (const began = performance.now(); !standsStill(pid); pause(1))
    if (performance.now() - began > stopMs) throw new Error(`process ${pid} does not stop`);
}

function standsStill(pid: number): boolean {
  const tasks = `/proc/${pid}/task`;
  try {
    return readdirSync(tasks).every((task) => {
      const stat = readFileSync(`${tasks}/${task}/stat`, 'latin1');
      return 'TtZX'.includes(stat[stat.lastIndexOf(')') + 2]!);
    });
  } catch {
    return !existsSync(tasks);
  }
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
