import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';

const launcher = path.join(import.meta.dirname, 'fixtures/launcher.ts');
const binary = path.join(import.meta.dirname, '../bin/farsim.js');

export interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningFarsim {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when standard output or error holds `text`. */
  says(text: string): Promise<void>;
}

export interface FarsimOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Hands over from another process first, as an old Node does; that one is then `process`. */
  readonly launched?: boolean;
}

/** Starts the real command. */
export function startFarsim(words: readonly string[], { cwd, env, launched }: FarsimOptions): RunningFarsim {
  const child = spawn(process.execPath, [...(launched ? [launcher] : []), binary, ...words], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  child.stdout.on('data', (chunk) => ((stdout += String(chunk)), listeners.forEach((listen) => listen())));
  child.stderr.on('data', (chunk) => ((stderr += String(chunk)), listeners.forEach((listen) => listen())));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status, signal, stdout, stderr }));
  });
  return {
    process: child,
    ended,
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (stdout.includes(text) || stderr.includes(text)) resolve();
        };
        listeners.add(look);
        look();
        void ended.then(() => reject(new Error(`farsim ended without saying '${text}': ${stdout}${stderr}`)));
      }),
  };
}

/** Runs the real command to its end. */
export function farsim(words: readonly string[], options: FarsimOptions): Promise<Ended> {
  return startFarsim(words, options).ended;
}
