import type { JointMimic } from '@farsim/core';
import type { BoundJoint } from './bound-entity.ts';
import type { LoadedModel } from './loaded-model.ts';

const jointEquality = 2;

/** What each active `equality/joint` says of these joints, and the other way round where it is a straight line: either may be the one that moves. */
export function readMimics(loaded: LoadedModel, joints: readonly BoundJoint[]): JointMimic[] {
  const { eq_type: types, eq_obj1id: first, eq_obj2id: second, eq_data: data } = loaded.model;
  const width = types.length > 0 ? data.length / types.length : 0;
  const own = (id: number | undefined): string | undefined =>
    joints.some((joint) => joint.id === id) ? loaded.jointName(id!) : undefined;
  return Array.from(types).flatMap((type, i): JointMimic[] => {
    const [joint, leader] = [own(first[i]), own(second[i])];
    if (type !== jointEquality || !loaded.startsActive(i) || joint === undefined || leader === undefined)
      return [];
    const [c0, c1, c2, c3, c4] = data.subarray(
      i * width,
      i * width + 5,
    ) as unknown as JointMimic['coefficients'];
    const straight = c1 !== 0 && c2 === 0 && c3 === 0 && c4 === 0;
    return [
      { joint, leader, coefficients: [c0, c1, c2, c3, c4] },
      ...(straight
        ? [{ joint: leader, leader: joint, coefficients: [-c0 / c1, 1 / c1, 0, 0, 0] } as const]
        : []),
    ];
  });
}
