import { readdirSync, readFileSync } from 'node:fs';

/** Pids of processes of this machine that carry a farsim session's marker; zombies do not count. */
export function processesOfSession(session: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const carries = readFileSync(`/proc/${pid}/environ`, 'latin1')
          .split('\0')
          .includes(`FARSIM_SESSION=${session}`);
        return carries && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
      } catch {
        return false;
      }
    });
}
