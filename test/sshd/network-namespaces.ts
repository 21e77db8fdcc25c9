import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A network namespace: a machine of its own, as far as the network goes. */
export interface FarNetwork {
  readonly name: string;
  /** Its address, which only the machine before it and the one after it reach. */
  readonly address: string;
  /** Takes the link to the machine before it away: packets are lost, and nobody is told. */
  cut(): Promise<void>;
  mend(): Promise<void>;
}

export interface Namespaces extends AsyncDisposable {
  readonly machines: readonly FarNetwork[];
}

/** True for root; otherwise says in one line what is not tested, which CI does not allow. */
export function mayOpenNamespaces(forWhat: string): boolean {
  if (process.getuid?.() === 0) return true;
  const sentence = `not tested: ${forWhat} (network namespaces need root)`;
  if (process.env.CI) throw new Error(sentence);
  console.warn(sentence);
  return false;
}

/** Makes machines in a row: this one reaches the first, the first the second. Needs root, and then must work. */
export async function openNamespaces(count: number): Promise<Namespaces> {
  const id = randomInt(0x1000, 0xffff).toString(16);
  const names = Array.from({ length: count }, (_, i) => `farsim-${id}-${i}`);
  const made: string[] = [];
  const close = async (): Promise<void> => {
    for (const name of made.toReversed()) await ip('netns', 'del', name).catch(() => undefined);
  };
  try {
    const machines: FarNetwork[] = [];
    for (const [i, name] of names.entries()) {
      await ip('netns', 'add', name);
      made.push(name);
      machines.push(await join(name, i === 0 ? [] : ['-n', names[i - 1]!], `fs${id}${i}`));
    }
    return { machines, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Joins a namespace to the one before it by a pair of interfaces in a network of four addresses. */
async function join(name: string, before: readonly string[], link: string): Promise<FarNetwork> {
  const [near, far] = [`${link}a`, `${link}b`];
  const net = `10.${randomInt(64, 250)}.${randomInt(1, 254)}`;
  await ip(...before, 'link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', name);
  await ip(...before, 'addr', 'add', `${net}.1/30`, 'dev', near);
  await ip('-n', name, 'addr', 'add', `${net}.2/30`, 'dev', far);
  await ip(...before, 'link', 'set', near, 'up');
  await ip('-n', name, 'link', 'set', far, 'up');
  await ip('-n', name, 'link', 'set', 'lo', 'up');
  return {
    name,
    address: `${net}.2`,
    cut: () => ip('-n', name, 'link', 'set', far, 'down'),
    mend: () => ip('-n', name, 'link', 'set', far, 'up'),
  };
}

async function ip(...words: string[]): Promise<void> {
  await run('ip', words);
}
