import type { AnyPlugin, FarInterpreter, FarMachine, LookedForPackage } from '@farsim/core';
import { describeSimulators } from '../hosts/describe-interpreter.ts';

/** What a fresh config drives, where, and why that was chosen. */
export interface Beginning {
  readonly use: string;
  readonly task?: string;
  /** False where nothing of this side can draw what it records. */
  readonly drawn: boolean;
  /** Left out: the environment that farsim makes and keeps. */
  readonly interpreter?: FarInterpreter;
  readonly why: string;
}

interface Engine {
  readonly use: string;
  readonly task?: string;
  readonly drawn: boolean;
  /** Packages that an interpreter of the user's own must have for it. */
  readonly takes: readonly LookedForPackage[];
}

const managed: Engine = {
  use: 'gymnasium',
  task: 'Ant-v5',
  drawn: true,
  takes: ['gymnasium', 'mujoco', 'imageio'],
};
/** The heavier one first: who has installed it means it. With Kit there is no model that this side could draw. */
const engines: readonly Engine[] = [
  { use: 'isaac', task: 'Isaac-Cartpole', drawn: false, takes: ['isaaclab', 'isaacsim'] },
  { use: 'isaac', task: 'Isaac-Cartpole', drawn: true, takes: ['isaaclab'] },
  { use: 'mjlab', task: 'Mjlab-Velocity-Flat-Unitree-Go1', drawn: true, takes: ['mjlab'] },
  managed,
];
const ofModel: Engine = { use: 'mujoco-native', drawn: true, takes: ['mujoco'] };
/** Engines that take a model of the user's. */
const modelEngines: readonly Engine[] = [ofModel, { use: 'newton', drawn: true, takes: ['newton'] }];

export interface Choice {
  readonly interpreters: readonly FarInterpreter[];
  readonly plugins: readonly AnyPlugin[];
  /** A model is to be simulated. */
  readonly model: boolean;
}

/** Chooses the simulator to begin with: the heaviest that an interpreter there has and a plugin here drives, else one in an environment of farsim's. */
export function chooseBeginning({ interpreters, plugins, model }: Choice): Beginning {
  const known = new Set(plugins.filter(({ kind }) => kind === 'simulator').map(({ name }) => name));
  const wanted = (model ? modelEngines : engines).filter(({ use }) => known.has(use));
  const usable = interpreters.filter(({ newEnough }) => newEnough);
  for (const { takes, ...engine } of wanted) {
    const interpreter = usable.find(({ packages }) => takes.every((name) => packages[name] !== undefined));
    if (interpreter)
      return { ...engine, interpreter, why: `${interpreter.python} has ${describeSimulators(interpreter)}` };
  }
  const { takes, ...engine } = model ? ofModel : managed;
  const why = `no interpreter there has ${takes.join(' and ')}: farsim makes an environment with them`;
  return { ...engine, why };
}

/** Which of several cards, and why; undefined where there is nothing to choose. */
export function chooseGpu({ gpus }: FarMachine): { readonly gpu: number; readonly why: string } | undefined {
  if (gpus.length < 2) return undefined;
  const [freest] = gpus.toSorted(
    (a, b) => a.pids.length - b.pids.length || Number(a.memoryUsed) - Number(b.memoryUsed),
  );
  const { index, name, pids, memoryUsed, memoryTotal } = freest!;
  const held = pids.length === 0 ? 'nobody computes on it' : 'every card is in use, it is the freest';
  return { gpu: index, why: `${name}: ${held}, ${memoryUsed} of ${memoryTotal} MiB used` };
}
