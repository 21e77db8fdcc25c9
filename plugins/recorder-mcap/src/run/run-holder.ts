import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { processStart } from './process-start.ts';

/** The process that writes to a run's folder, as its lock says (docs/recording.md). */
export interface RunHolder {
  readonly pid: number;
  /** As {@link processStart} tells it; '' where its writer could not tell. */
  readonly began: string;
  readonly host: string;
  /** '' where the system does not say. Cloned images share it: only with `host` does it name a machine. */
  readonly machine: string;
  /** The machine's last start; its host name where the system does not say. */
  readonly boot: string;
  /** The space in which its pids count. */
  readonly pids: string;
  /** Wall clock, ISO 8601. */
  readonly since: string;
}

/** This process, from now on. */
export function thisHolder(): RunHolder {
  const { pid } = process;
  return { pid, began: processStart(pid) ?? '', ...thisPlace(), since: new Date().toISOString() };
}

/** Whether a holder still runs; `elsewhere` when this process cannot see it: on another machine or in another container. */
export function holderLife(holder: RunHolder): 'runs' | 'over' | 'elsewhere' {
  const here = thisPlace();
  if (holder.boot !== here.boot || here.boot === '') {
    const sameMachine =
      holder.machine === here.machine && here.machine !== '' && holder.host === here.host && here.boot !== '';
    return sameMachine ? 'over' : 'elsewhere';
  }
  if (holder.pids !== here.pids) return 'elsewhere';
  const began = processStart(holder.pid);
  if (began === undefined) return 'over';
  return began === holder.began || began === 'hidden' || holder.began === '' ? 'runs' : 'over';
}

function thisPlace(): Pick<RunHolder, 'host' | 'machine' | 'boot' | 'pids'> {
  const host = hostname();
  if (process.platform !== 'linux') return { host, machine: '', boot: host, pids: '' };
  return {
    host,
    machine: tell(() => readFileSync('/etc/machine-id', 'utf8')),
    boot: tell(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
    pids: tell(() => readlinkSync('/proc/self/ns/pid')),
  };
}

function tell(read: () => string): string {
  try {
    return read().trim();
  } catch {
    return '';
  }
}
