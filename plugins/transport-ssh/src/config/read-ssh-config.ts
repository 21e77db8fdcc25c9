import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { FarsimError } from '@farsim/core';
import SSHConfig from 'ssh-config';
import type { Destination } from './parse-destination.ts';

export interface ReadOptions {
  /** Read instead of ~/.ssh/config and the system's; `none` reads none. */
  readonly configFile?: string | undefined;
  /** The system's ssh; left out: `ssh` of the PATH. */
  readonly sshProgram?: string | undefined;
}

/** Values by lower-case keyword, in order, as the user's ssh would use them for this destination. */
export type SshConfigValues = ReadonlyMap<string, readonly string[]>;

export interface ReadConfig {
  readonly values: SshConfigValues;
  /** False where the system has no ssh to ask. */
  readonly bySsh: boolean;
}

const answerMs = 10_000;

/**
 * Asks `ssh -G`, which follows Include and Match; on a machine without ssh the user's file alone is read, by the package
 * `ssh-config`. Throws CONFIG_INVALID when ssh refuses the file.
 */
export async function readSshConfig(asked: Destination, options: ReadOptions): Promise<ReadConfig> {
  const args = [
    '-G',
    ...(options.configFile !== undefined ? ['-F', options.configFile] : []),
    ...(asked.user !== undefined ? ['-l', asked.user] : []),
    ...(asked.port !== undefined ? ['-p', String(asked.port)] : []),
    '--',
    asked.host,
  ];
  try {
    const { stdout } = await promisify(execFile)(options.sshProgram ?? 'ssh', args, { timeout: answerMs });
    return { values: parseAnswer(stdout), bySsh: true };
  } catch (error) {
    const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string };
    if (code === 'ENOENT') return { values: await readWithoutSsh(asked, options), bySsh: false };
    throw new FarsimError(
      'CONFIG_INVALID',
      `ssh refuses its config for ${asked.host}: ${stderr?.trim() || message}`,
      { cause: error },
    );
  }
}

function parseAnswer(answer: string): SshConfigValues {
  const values = new Map<string, string[]>();
  for (const line of answer.split('\n')) {
    const [, key, value] = /^(\S+) (.*)$/.exec(line) ?? [];
    if (key === undefined || value === undefined) continue;
    const known = values.get(key);
    if (known) known.push(value);
    else values.set(key, [value]);
  }
  return values;
}

async function readWithoutSsh(asked: Destination, options: ReadOptions): Promise<SshConfigValues> {
  if (options.configFile === 'none') return new Map();
  const file = options.configFile ?? path.join(homedir(), '.ssh', 'config');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (options.configFile === undefined) return new Map();
    throw new FarsimError('FILE_NOT_FOUND', `${file} cannot be read`, { cause: error });
  }
  const computed = SSHConfig.parse(text).compute(
    asked.user === undefined ? { Host: asked.host } : { Host: asked.host, User: asked.user },
  );
  const values = new Map<string, string[]>();
  for (const [key, value] of Object.entries(computed)) {
    const list = (Array.isArray(value) ? value : [value]).map(String);
    values.set(key.toLowerCase(), /knownhostsfile$/i.test(key) ? [list.join(' ')] : list);
  }
  return values;
}
