import {
  nameHost,
  writeHost,
  type AnyPlugin,
  type FarInterpreter,
  type FarMachine,
  type HostEntry,
} from '@farsim/core';
import { chooseBeginning, chooseGpu, type Beginning } from './choose-beginning.ts';
import { describeInterpreter, hasSimulator } from '../hosts/describe-interpreter.ts';
import { diskFinding, gpuFinding } from '../doctor/machine-findings.ts';
import { lookAtHost } from '../hosts/look-at-host.ts';

/** A machine that was looked at, as the configs know it now. */
export interface BegunHost {
  /** For `on:`. */
  readonly name: string;
  /** The user's list, where it says something new of the machine. */
  readonly file?: string;
  readonly entry: HostEntry;
  readonly beginning: Beginning;
  /** For the simulator's own section. */
  readonly python?: string;
  readonly interpreters: readonly FarInterpreter[];
  readonly machine: FarMachine;
  /** What was found, and what was chosen and why, a sentence each. */
  readonly found: readonly string[];
  readonly chose: readonly string[];
}

export interface BeginOnHost {
  readonly plugins: readonly AnyPlugin[];
  /** A model of the user's is to be simulated. */
  readonly model: boolean;
  /** Interpreters and virtual environments to look into beside those that are found. */
  readonly also: readonly string[];
  readonly signal: AbortSignal;
}

/** Looks at a machine (an entry of hosts.yaml, an ssh destination, or local), chooses what to simulate there and in which interpreter, and puts what it found into the user's hosts.yaml; what that says already stands. */
export async function beginOnHost(
  destination: string,
  { plugins, model, also, signal }: BeginOnHost,
): Promise<BegunHost> {
  const { entry: known, interpreters, machine } = await lookAtHost(destination, also, signal);
  const own = known.python;
  const among =
    own === undefined
      ? interpreters
      : interpreters.filter(({ python, path }) => python === own || path === own);
  const beginning = chooseBeginning({ interpreters: among, plugins, model });
  const { interpreter } = beginning;
  const inQueue = known.enter?.some((word) => word.includes('{job}')) ?? false;
  const gpu = inQueue ? undefined : chooseGpu(machine);
  const withSimulators = interpreters.filter(hasSimulator);
  const found = [
    ...withSimulators.map(describeInterpreter),
    ...(withSimulators.length === 0 ? [`no simulator in ${interpreters.length} interpreters`] : []),
    `GPU: ${gpuFinding('GPU', machine).said}`,
    `disk: ${diskFinding('disk', machine).said}`,
  ];
  const chose = [
    `${beginning.use}${beginning.task === undefined ? '' : `, task ${beginning.task}`}: ${beginning.why}`,
    ...(own === undefined ? [] : [`python ${own}: hosts.yaml says so`]),
    ...(gpu === undefined || known.gpu !== undefined ? [] : [`gpu ${gpu.gpu}: ${gpu.why}`]),
    ...(interpreter?.packages.isaacsim === undefined || beginning.use !== 'isaac'
      ? []
      : ['no licence for you: Isaac Sim asks for it, `acceptEula: true` accepts it']),
  ];
  const told = { beginning, interpreters, machine, found, chose };
  const python = interpreter?.python ?? (own === undefined ? undefined : 'managed');
  if (destination === 'local')
    return { ...told, name: 'local', entry: known, ...(python !== undefined && { python }) };
  const isListed = Object.keys(known).some((key) => key !== 'ssh') || known.ssh !== destination;
  const name = isListed ? destination : nameHost(destination);
  const { file, entry, added } = await writeHost(name, {
    ...known,
    ...(interpreter && { python: interpreter.python }),
    ...(gpu && { gpu: gpu.gpu }),
  });
  return {
    ...told,
    name,
    entry,
    ...(added.length > 0 && { file }),
    ...(python !== undefined && python !== entry.python && { python }),
  };
}
