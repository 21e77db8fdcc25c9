import { notInModel, type BodyPoseError, type BoundMap, type WorldSpec } from '@farsim/core';
import { formatTable } from '../terminal/format.ts';
import { formatBodies } from '../terminal/format-bodies.ts';

/** How much of each entity a map covers, and what it leaves. */
export function printCoverage({ pairs, lost, remarks }: BoundMap): string[] {
  const share = (rows: Int32Array): string => `${rows.filter((row) => row >= 0).length} of ${rows.length}`;
  const table = pairs.map(({ from, to, there, back, bodiesThere, bodiesBack }) => [
    `${from} → ${to}`,
    share(back.source),
    share(there.source),
    share(bodiesBack),
    share(bodiesThere),
  ]);
  return [
    ...(table.length > 0
      ? [formatTable([['entity', 'joints here', 'joints there', 'bodies here', 'bodies there'], ...table])]
      : ['NOTHING is covered: no entity of one side is in the other']),
    ...printRemarks({ lost, remarks }),
  ];
}

/** What a comparison leaves out, a line each, in the words in which a replay says what it makes of it. */
export function printRemarks({ lost, remarks }: Pick<BoundMap, 'lost' | 'remarks'>): string[] {
  return [
    ...lost.map((name) => `${notInModel(name)}: it is not compared, and a replay shows it as a prop`),
    ...remarks,
  ].map((remark) => `- ${remark}`);
}

/** How far bodies moved against those of the other side, the worst first. */
export function printResidual(
  bodies: readonly BodyPoseError[],
  poses: number,
  past: readonly BodyPoseError[],
  entities: WorldSpec['entities'],
): string[] {
  if (poses === 0) return ['NOTHING was compared: no body poses were recorded'];
  return [
    ...formatBodies(bodies),
    past.length > 0
      ? `WRONG: ${past.length} of ${bodies.length} bodies move against each other in ${poses} poses, the first down the chain is ${firstOf(past, entities)}: a name, an order, a sign or a zero is another`
      : `right: ${bodies.length} bodies in ${poses} poses`,
  ];
}

/** Simulators list parents before children: what is wrong begins at the joint of this one. */
function firstOf(past: readonly BodyPoseError[], entities: WorldSpec['entities']): string {
  const names = Object.entries(entities).flatMap(([entity, spec]) =>
    spec.body_names.map((body) => `${entity}/${body}`),
  );
  return names.find((name) => past.some(({ body }) => body === name)) ?? past[0]!.body;
}
