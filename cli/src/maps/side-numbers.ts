import { bindMap, type EntitySpec, type ModelFiles, type WorldSpec } from '@farsim/core';
import { collectModelFiles, readModelNumbers, type BodyNumbers, type JointNumbers } from '@farsim/sim-mujoco';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Side } from './open-side.ts';

/** What a side's model says, by the spec's names: `entity/joint`, `entity/body`. */
export interface SideNumbers {
  readonly spec: WorldSpec;
  readonly joints: ReadonlyMap<string, JointNumbers>;
  readonly bodies: ReadonlyMap<string, BodyNumbers>;
  /** What could not be found out. */
  readonly remarks: readonly string[];
}

/** Reads the numbers of a side from its spec and, where it has a model, from that. */
export async function sideNumbers(side: Side, signal: AbortSignal): Promise<SideNumbers> {
  const { name, spec } = side;
  const joints = new Map<string, JointNumbers>();
  const bodies = new Map<string, BodyNumbers>();
  const files = await modelOf(side);
  if (!files) {
    const remark = `${name} has no model to give: masses, gains and frictions are not compared`;
    return { spec, joints, bodies, remarks: [remark] };
  }
  const { entities } = await readModelNumbers(files, signal);
  const specs: Record<string, EntitySpec> = Object.fromEntries(
    Object.entries(entities).map(([entity, numbers]) => [entity, numbers.spec]),
  );
  const { pairs, lost } = bindMap(spec.entities, specs);
  for (const { from, to, fromSpec, back, bodiesBack } of pairs) {
    const numbers = entities[to]!;
    fromSpec.joint_names.forEach((joint, i) =>
      joints.set(`${from}/${joint}`, numbers.joints[back.source[i]!]!),
    );
    fromSpec.body_names.forEach((body, i) => {
      const row = bodiesBack[i]!;
      if (row >= 0) bodies.set(`${from}/${body}`, numbers.bodies[row]!);
    });
  }
  return {
    spec,
    joints,
    bodies,
    remarks: lost.map((entity) => `'${entity}' of ${name} is not in its model`),
  };
}

async function modelOf({ simulator, run }: Side): Promise<ModelFiles | undefined> {
  if (simulator) return simulator.model?.();
  const file = run === undefined ? undefined : path.join(run, 'run.json');
  if (file === undefined || !existsSync(file)) return undefined;
  const { model } = JSON.parse(readFileSync(file, 'utf8')) as { readonly model?: string };
  return model === undefined ? undefined : collectModelFiles(path.join(run!, model));
}
