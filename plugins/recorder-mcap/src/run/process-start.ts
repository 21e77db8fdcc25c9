import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * When a process of this machine began, in its system's own words: with the pid it names one process for good. Undefined
 * when none of that pid runs, 'hidden' when one does of which this user may know no more.
 */
export function processStart(pid: number): string | undefined {
  return (process.platform === 'linux' ? linuxStart(pid) : otherStart(pid)) ?? hiddenStart(pid);
}

/** Clock ticks since boot. A zombie does not run. */
function linuxStart(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : fields[19];
}

function otherStart(pid: number): string | undefined {
  const words = ['-o', 'lstart=', '-p', String(pid)];
  const { stdout } = spawnSync('ps', words, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
  return stdout?.trim() || undefined;
}

function hiddenStart(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPERM') return 'hidden';
  }
  return undefined;
}
