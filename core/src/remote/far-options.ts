import { z } from 'zod';

const seconds = z.number().nonnegative();

/** Config keys of every far simulator, beside its own; a host's entry gives defaults for most of them. */
export const farKeys = {
  on: z.string().default('local').describe('Host: an entry of `hosts`, an ssh destination, or `local`.'),
  python: z
    .string()
    .optional()
    .describe(
      'Far interpreter: a path, `conda:NAME`, or `managed` (an environment that farsim makes and keeps).',
    ),
  cwd: z.string().optional().describe('Working directory of the simulator.'),
  env: z.record(z.string(), z.string()).default({}).describe('Environment variables of the simulator.'),
  gpu: z
    .union([z.int().min(0), z.string()])
    .optional()
    .describe('Which GPU: a number or a device name.'),
  launch: z
    .array(z.string())
    .default([])
    .describe('Words put before the command that starts the bridge (containers, queues).'),
  enter: z
    .array(z.string())
    .optional()
    .describe('Words put before every later command; left out: the same as `launch`.'),
  acceptEula: z.boolean().default(false).describe('Accepts the simulator’s licence for you.'),
  imports: z.array(z.string()).default([]).describe('Python modules to import before the simulator is made.'),
  overrides: z.array(z.string()).default([]).describe('`key=value` settings of the simulator’s own config.'),
  depth: z.int().min(1).optional().describe('Requests in flight at most.'),
  lease: z
    .object({
      grace: seconds.default(60),
      idle: seconds.default(1800),
      total: seconds.default(86_400),
      keep: seconds.optional(),
    })
    .strict()
    .prefault({})
    .describe(
      'Seconds that the far simulator outlives its client, an idle client, and its start; `keep`: that it waits for the next client after this one (left out: one that was waiting waits again, another ends).',
    ),
  start: z
    .object({ limit: seconds.default(1800), stall: seconds.default(300) })
    .strict()
    .prefault({})
    .describe('Seconds that a start may take, and may show no progress.'),
};

/** Keys that are farsim's and not the adapter's. */
export const farKeyNames: ReadonlySet<string> = new Set(
  Object.keys(farKeys).filter((key) => !['imports', 'overrides', 'acceptEula', 'gpu'].includes(key)),
);

export type FarOptions = z.infer<z.ZodObject<typeof farKeys>>;
