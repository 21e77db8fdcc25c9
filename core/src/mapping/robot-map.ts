import { z } from 'zod';
import type { ActionTerm } from '../model/world-spec.ts';

const names = z.record(z.string(), z.string());
const numbers = z.union([z.number(), z.array(z.number())]);

const term = z
  .object({
    name: z.string(),
    from: z.int().min(0),
    to: z.int().min(1),
    kind: z.enum(['joint_position', 'joint_velocity', 'joint_effort', 'binary', 'tendon', 'other']),
    entity: z.string().optional(),
    joints: z.array(z.string()).optional(),
    scale: numbers.optional(),
    offset: numbers.optional(),
    clip: z.array(z.tuple([z.number(), z.number()]).nullable()).optional(),
    weights: z.array(z.number()).optional(),
    open: z.array(z.number()).optional(),
    close: z.array(z.number()).optional(),
  })
  .strict();

const mimic = z.union([
  z.string(),
  z.object({ joint: z.string(), coefficients: z.array(z.number()).min(1).max(5) }).strict(),
]);

/**
 * What a map says about two sides: `from`, whose names states have, and `to`. Names of joints and bodies may be
 * written `entity/name` where two entities have the same.
 */
export const robotMapSchema = z
  .object({
    version: z.literal(1),
    rename: z
      .object({
        entities: names.default({}),
        joints: names.default({}),
        bodies: names.default({}),
      })
      .strict()
      .default({ entities: {}, joints: {}, bodies: {} })
      .describe('The other side’s name of an entity, a joint, a body.'),
    sign: z
      .record(z.string(), z.union([z.literal(1), z.literal(-1)]))
      .default({})
      .describe('By joint of the first side: q there = sign × scale × q + offset.'),
    scale: z
      .record(
        z.string(),
        z.number().refine((value) => value !== 0, 'a scale is not 0'),
      )
      .default({}),
    offset: z.record(z.string(), z.number()).default({}).describe('Metres or radians of the other side.'),
    mimic: z
      .record(z.string(), mimic)
      .default({})
      .describe('A joint that only the other side has: the one there that it follows, and c0, c1, … of q.'),
    ignore: z
      .object({
        entities: z.array(z.string()).default([]),
        joints: z.array(z.string()).default([]),
        bodies: z.array(z.string()).default([]),
      })
      .strict()
      .default({ entities: [], joints: [], bodies: [] })
      .describe('What need not be found, on either side.'),
    prefix: z
      .record(z.string(), z.string())
      .default({})
      .describe(
        'By entity of the first side: what is taken from the beginning of names before they are compared.',
      ),
    actions: z
      .object({
        from: z.array(term).optional(),
        to: z.array(term).optional(),
        hold: z.record(z.string(), z.number()).default({}),
      })
      .strict()
      .default({ hold: {} })
      .describe(
        'What the numbers of an action are, where a side does not tell; `hold`: by term of the other side, the number that it keeps.',
      ),
  })
  .strict();

type Parsed = z.infer<typeof robotMapSchema>;

/** A map's content; `actions` are the terms of both sides' action spaces where these do not tell them. */
export interface RobotMap extends Omit<Parsed, 'actions'> {
  readonly actions: {
    readonly from?: readonly ActionTerm[];
    readonly to?: readonly ActionTerm[];
    /** Numbers of terms there that nothing here commands. */
    readonly hold: Readonly<Record<string, number>>;
  };
}

/** A map and what to call it in messages and recordings. */
export interface NamedMap {
  /** `auto`, `builtin:franka` or the file. */
  readonly name: string;
  readonly map: RobotMap;
  /** Where something was written, `map.yaml:3:5`. Given when every name in the map must exist on its side. */
  readonly place?: (path: readonly (string | number)[]) => string;
}

/** A map that says nothing: names are all there is. */
export const autoMap: NamedMap = { name: 'auto', map: robotMap({}) };

/** Fills in what a map leaves out. */
export function robotMap(content: Omit<z.input<typeof robotMapSchema>, 'version'>): RobotMap {
  return robotMapSchema.parse({ version: 1, ...content }) as RobotMap;
}
