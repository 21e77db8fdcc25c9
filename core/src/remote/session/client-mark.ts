import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';

const form = /^([0-9a-f]{16})-(\d+)-(\d+)-/;

/** An id that no other client has; on Linux it also tells which process of which running machine this is, to clients there alone. */
export function makeClientId(): string {
  const machine = thisMachine();
  const start = startOf(process.pid);
  const unique = randomUUID();
  return machine === undefined || start === undefined
    ? unique
    : `${machine}-${process.pid}-${start}-${unique}`;
}

/** True for a client that was a process of this machine, seen from the same container, and is no more: its connections will not come back. */
export function isGone(client: string): boolean {
  const [, machine, pid, start] = form.exec(client) ?? [];
  if (machine === undefined || machine !== thisMachine()) return false;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
  const now = startOf(Number(pid));
  return now !== undefined && now !== start;
}

/** Names this boot and the namespace in which pids are counted, without telling them. */
function thisMachine(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
    const pids = readlinkSync('/proc/self/ns/pid');
    return createHash('sha256').update(`farsim client\n${boot}\n${pids}`).digest('hex').slice(0, 16);
  } catch {
    return undefined;
  }
}

/** Clock ticks since boot; a zombie's is none of them, nothing of it comes back. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? '' : fields[19];
  } catch {
    return undefined;
  }
}
