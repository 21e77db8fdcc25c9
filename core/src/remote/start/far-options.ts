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
  env: z
    .record(z.string(), z.string())
    .default({})
    .describe(
      'Environment variables of the simulator, and of the making of its managed environment: proxies, package indexes.',
    ),
  gpu: z
    .union([z.int().min(0), z.string()])
    .optional()
    .describe(
      'Which GPU: its number as nvidia-smi counts, `cuda:1`, or its UUID; the others are hidden from the simulator (CUDA_VISIBLE_DEVICES), or it is told the device by name where hiding breaks its renderer.',
    ),
  launch: z
    .array(z.string())
    .describe(
      'Words before the command that starts the bridge and stays while it runs: `[docker, exec, -i, isaac]`, `[srun, --gres=gpu:1]`.',
    )
    .default([]),
  enter: z
    .array(z.string())
    .optional()
    .describe(
      'Words before every other command there, uploads too; left out: the same as `launch`. `{job}` becomes the number of the queue’s job: `[srun, --overlap, "--jobid={job}"]`; what comes before the start is then done without them, in the home that is shared.',
    ),
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
  Object.keys(farKeys).filter((key) => !['imports', 'overrides', 'acceptEula'].includes(key)),
);

export type FarOptions = z.infer<z.ZodObject<typeof farKeys>>;
