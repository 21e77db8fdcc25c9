import type { Frame } from '../model/frame.ts';
import { toNumbers } from '../model/tensor.ts';
import type { WorldSpec } from '../model/world-spec.ts';

/** Of one joint, in its own unit (rad or m), over every compared frame and env. */
export interface JointDivergence {
  readonly joint: string;
  readonly max: number;
  readonly rms: number;
  /** Simulated second of the largest difference. */
  readonly maxAt: number;
}

interface Sums {
  max: number;
  maxAt: number;
  squares: number;
  count: number;
}

/** Accumulates how far joints of the same name are apart in two histories of frames. */
export interface Divergence {
  /** Names the joints of both sides; called again when a spec may have changed. */
  begin(a: WorldSpec, b: WorldSpec): void;
  /** Compares the state of the envs that both frames hold; frames without state count for nothing. */
  compare(a: Frame, b: Frame): void;
  /** Joints by name `entity/joint`. */
  report(): JointDivergence[];
}

export function createDivergence(): Divergence {
  const sums = new Map<string, Sums>();
  let pairs: { entity: string; joint: string; a: number; b: number }[] = [];
  return {
    begin(a, b) {
      pairs = Object.entries(a.entities).flatMap(([entity, { joint_names: names }]) =>
        names.flatMap((joint, i) => {
          const other = b.entities[entity]?.joint_names.indexOf(joint) ?? -1;
          return other < 0 ? [] : [{ entity, joint, a: i, b: other }];
        }),
      );
    },
    compare(a, b) {
      for (const [entity, ofEntity] of Map.groupBy(pairs, (pair) => pair.entity)) {
        const [left, right] = [a.state?.entities[entity]?.joint_pos, b.state?.entities[entity]?.joint_pos];
        if (!left || !right) continue;
        const [before, after] = [toNumbers(left), toNumbers(right)];
        const rows = sharedRows(a, b);
        for (const { joint, a: i, b: k } of ofEntity) {
          const name = `${entity}/${joint}`;
          const sum = sums.get(name) ?? { max: 0, maxAt: 0, squares: 0, count: 0 };
          sums.set(name, sum);
          for (const [row, other, env] of rows) {
            const apart = distance(before[row * left.shape[1]! + i]!, after[other * right.shape[1]! + k]!);
            sum.squares += apart * apart;
            sum.count++;
            if (apart > sum.max) [sum.max, sum.maxAt] = [apart, b.time[b.envs.indexOf(env)] ?? 0];
          }
        }
      }
    },
    report: () =>
      Array.from(sums, ([joint, { max, maxAt, squares, count }]) => ({
        joint,
        max,
        rms: Math.sqrt(squares / count),
        maxAt,
      })),
  };
}

/** Rows of the two states that are of the same env, and that env. */
function sharedRows(a: Frame, b: Frame): [a: number, b: number, env: number][] {
  const others = Array.from(b.state!.envs ?? b.envs);
  return Array.from(a.state!.envs ?? a.envs, (env, row): [number, number, number] => [
    row,
    others.indexOf(env),
    env,
  ]).filter(([, other]) => other >= 0);
}

/** What is no number is as far away as can be. */
function distance(a: number, b: number): number {
  const apart = Math.abs(a - b);
  return Number.isNaN(apart) ? Infinity : apart;
}
