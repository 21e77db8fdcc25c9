import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { protobufCodec } from '@farsim/codec-protobuf';
import type { RemoteSimulator, Transport } from '@farsim/core';
import mjlab from '@farsim/sim-mjlab';
import newton from '@farsim/sim-newton';
import { farPids } from '../faults/far-sides.ts';
import { openContext } from '../open-far.ts';

export type Engine = 'mjlab' | 'newton';
const root = path.join(import.meta.dirname, '../..');

/** Starts the engine on the CPU, in the managed environment, which is made when it is not there; joins one that is kept. */
export async function openEngine(
  engine: Engine,
  transport: Transport,
  config: Readonly<Record<string, unknown>>,
): Promise<RemoteSimulator> {
  const context = { ...openContext(), transport, codec: protobufCodec };
  const given = { python: 'managed', device: 'cpu', ...config };
  const opened =
    engine === 'mjlab'
      ? mjlab.open(mjlab.config.parse(given), context)
      : newton.open(newton.config.parse(given), context);
  return (await opened) as RemoteSimulator;
}

/** The interpreter that an open engine runs in. */
export async function interpreterOf(simulator: RemoteSimulator): Promise<string> {
  return readFileSync(`/proc/${(await farPids(simulator)).simulator}/cmdline`, 'utf8').split('\0')[0]!;
}

/** Runs the adapter's contract in an interpreter that has the engine; gives what was said. */
export function checkAdapter(python: string, engine: Engine, entry: string, config: object): string {
  return runInEngine(python, ['check_adapter.py', engine, entry, JSON.stringify(config)]);
}

/** Runs a script of this folder, given the repository and the other words, in an interpreter that has the engine; gives what was said. */
export function runInEngine(python: string, [script, ...words]: readonly [string, ...string[]]): string {
  const { stdout, stderr } = spawnSync(python, [path.join(import.meta.dirname, script), root, ...words], {
    encoding: 'utf8',
  });
  return `${stdout}${stderr}`;
}

/** A file of the Newton wheel's examples, in an environment that has it. */
export function newtonAsset(python: string, name: string): string {
  const code = `import importlib.util as u, os; print(os.path.join(u.find_spec("newton").submodule_search_locations[0], "examples/assets", "${name}"))`;
  return spawnSync(python, ['-c', code], { encoding: 'utf8' }).stdout.trim();
}
