import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, readlink, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseDocument } from 'yaml';
import { FarsimError } from '../../model/errors.ts';
import type { HostEntry } from './config-schema.ts';
import { readHosts, userHostsFile } from './read-hosts.ts';

/** A machine of the user's list, and the file that names it. */
export interface WrittenHost {
  readonly file: string;
  readonly name: string;
  /** As the file now has it. */
  readonly entry: HostEntry;
  /** Keys that were added; none: the file is as it was. */
  readonly added: readonly string[];
}

/** Puts a machine into the user's hosts.yaml, or those keys of it that are not there; what the file holds already stays, comments too. Throws CONFIG_INVALID where the file cannot be read, DISK_FULL where it cannot be written. */
export async function writeHost(name: string, entry: HostEntry): Promise<WrittenHost> {
  const file = userHostsFile();
  const known = readHosts({})[name];
  const added = Object.entries(entry).filter(
    ([key, value]) => value !== undefined && known?.[key as keyof HostEntry] === undefined,
  );
  const written = { file, name, entry: { ...entry, ...known }, added: added.map(([key]) => key) };
  if (known && added.length === 0) return written;
  const document = parseDocument(existsSync(file) ? readFileSync(file, 'utf8') : '{}\n');
  const hosts = document.has('hosts') ? ['hosts'] : [];
  if (known) for (const [key, value] of added) document.setIn([...hosts, name, key], value);
  else {
    const flow = document.createNode(Object.fromEntries(added), { flow: true });
    document.setIn([...hosts, name], flow);
  }
  const { contents } = document;
  if (contents && 'flow' in contents && hosts.length === 0) contents.flow = false;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await replaceFile(file, document.toString({ lineWidth: 0 }));
  } catch (error) {
    throw new FarsimError('DISK_FULL', `${file} cannot be written: ${(error as Error).message}`, {
      suggestions: ['name a place that you may write in XDG_CONFIG_HOME'],
      cause: error,
    });
  }
  return written;
}

/** Writes beside and renames, so that a reader sees the old file or the new one; where a link is, what it leads to is replaced. */
async function replaceFile(file: string, text: string): Promise<void> {
  const isThere = existsSync(file);
  const leadsTo = async (): Promise<string> =>
    path.resolve(path.dirname(file), await readlink(file).catch(() => file));
  const target = await (isThere ? realpath(file) : leadsTo());
  const draft = `${target}.${process.pid}.new`;
  try {
    const mode = isThere ? (await stat(target)).mode & 0o7777 : undefined;
    await writeFile(draft, text, { mode });
    // beyond the umask
    if (mode !== undefined) await chmod(draft, mode);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** A name for the machine at an ssh destination that no machine of the user's list has: `gpu-box` for me@gpu-box.example.org. */
export function nameHost(destination: string): string {
  const host = destination.replace(/^ssh:\/\//, '').replace(/^[^@]*@/, '');
  const isNumber = /^[\d.]+(?::\d+)?$/.test(host) || host.startsWith('[');
  const plain = (isNumber ? host : host.split(/[.:]/)[0]!)
    .replaceAll(/[^\w]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  const word = /^[A-Za-z_]/.test(plain) && !isNumber ? plain : `host-${plain}`;
  const hosts = readHosts({});
  for (let count = 1; ; count++) {
    const name = count === 1 ? word : `${word}-${count}`;
    const there = hosts[name];
    if (there === undefined || there.ssh === destination) return name;
  }
}
