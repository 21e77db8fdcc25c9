import { jsonLine } from '../../session/json-line.ts';
import { FarsimError } from '../../model/errors.ts';
import type { Host } from '../../ports/transport.ts';
import { enterHost } from './enter-host.ts';
import { readPrefixes } from '../launch/far-prefixes.ts';
import { isNewEnough } from './far-python.ts';
import { lookForInterpreters, tellInterpreter } from './interpreter-scripts.ts';

/** Packages that are a simulator, or tell one of its kinds from another. */
const packages = ['isaaclab', 'isaacsim', 'mjlab', 'newton', 'mujoco', 'gymnasium', 'imageio'] as const;
const eachSeconds = 4;

export type LookedForPackage = (typeof packages)[number];

/** An interpreter of a far machine, and which simulators are installed in it. */
export interface FarInterpreter {
  /** As `python:` takes it: a path, `python3` or `conda:NAME`. */
  readonly python: string;
  readonly path: string;
  readonly version: string;
  /** False where the bridge cannot run in it. */
  readonly newEnough: boolean;
  /** Versions of those that are there; null where a package does not tell it. */
  readonly packages: Readonly<Partial<Record<LookedForPackage, string | null>>>;
}

export interface LookOptions {
  /** Words before the commands there, as a far simulator's section has them: looked at is where its environment is prepared. */
  readonly launch?: readonly string[] | undefined;
  readonly enter?: readonly string[] | undefined;
  /** Interpreters, or folders of virtual environments, beside those that are found. */
  readonly also?: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * Looks through a machine's interpreters (python3, conda's environments, Isaac Sim's own, virtual environments in the home, pyenv, the path), each once, those with simulators first. Nothing is
 * imported, and no Python of a certain age is needed for it. An interpreter that takes longer than 4 s is left out. Throws what running a program there throws, START_FAILED where there is no shell.
 */
export async function lookForSimulators(
  host: Host,
  { launch = [], enter, also = [], signal }: LookOptions,
): Promise<readonly FarInterpreter[]> {
  const words = ['sh', '-c', lookForInterpreters, 'sh', tellInterpreter, packages.join(' ')];
  const there = enterHost(host, readPrefixes({ launch, enter }).prepare);
  const looking = await there.run([...words, String(eachSeconds), ...also], { signal });
  const { stdout, stderr, exitCode } = await looking.finished;
  if (exitCode !== 0) {
    const said = Buffer.from(stderr).toString('utf8').trim();
    throw new FarsimError('START_FAILED', `${host.name} could not be looked through: ${said || exitCode}`);
  }
  const byPrefix = new Map<string, FarInterpreter>();
  const found = [...interpreters(Buffer.from(stdout).toString('utf8'))].toSorted((a, b) => a.rank - b.rank);
  for (const { prefix, rank: _, ...interpreter } of found)
    if (!byPrefix.has(prefix)) byPrefix.set(prefix, interpreter);
  return [...byPrefix.values()].toSorted((a, b) => simulators(b) - simulators(a));
}

function simulators(interpreter: FarInterpreter): number {
  return Object.keys(interpreter.packages).filter((name) => name !== 'imageio').length;
}

function* interpreters(output: string): Generator<RankedInterpreter> {
  for (const line of output.split('\n')) {
    const told = jsonLine(line) as Omit<RankedInterpreter, 'newEnough'> | undefined;
    if (!told) continue;
    const { rank, python, path, prefix, version, packages: has } = told;
    const newEnough = isNewEnough(version.split('.').map(Number));
    yield { rank, python, path, prefix, version, newEnough, packages: has };
  }
}

interface RankedInterpreter extends FarInterpreter {
  readonly rank: number;
  readonly prefix: string;
}
