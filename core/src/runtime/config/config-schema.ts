import { z } from 'zod';
import type { PortKind } from '../../ports/plugin.ts';
import { farKeys } from '../../remote/start/far-options.ts';

const name = z.string().regex(/^[A-Za-z_][\w-]*$/, 'a name is letters, digits, - and _');
const section = z.looseObject({ use: z.string().describe('The plugin: a name, a package or a file.') });
const { python, cwd, env, gpu, launch, enter, acceptEula, lease, start } = farKeys;

/** A machine that far simulators run on; all but `ssh` and `nats` are defaults for simulator sections. */
export const hostSchema = z
  .object({
    ssh: z
      .union([z.string(), z.looseObject({ host: z.string() })])
      .optional()
      .describe('An ssh destination, or the ssh transport’s own keys. Left out: this machine.'),
    nats: z
      .looseObject({})
      .optional()
      .describe(
        'The nats transport’s keys: a message bus on which a simulator of that machine listens. It starts nothing there; simulators `join` what runs.',
      ),
    python,
    cwd,
    env: env.unwrap().optional(),
    gpu,
    launch: launch.unwrap().optional(),
    enter,
    acceptEula: acceptEula.unwrap().optional(),
    lease: lease.unwrap().partial().optional(),
    start: start.unwrap().partial().optional(),
  })
  .strict()
  .refine(({ ssh, nats }) => ssh === undefined || nats === undefined, {
    error: 'a host is reached by `ssh` or by `nats`, not by both',
  });

export type HostEntry = z.infer<typeof hostSchema>;

const video = z
  .looseObject({ use: z.string().default('video') })
  .describe('Keys of the video recorder: episodes, camera, fps, size, speed, grid.');

export const runSchema = z
  .object({
    simulator: name
      .optional()
      .describe('Which of `simulators` to drive; may be left out when only one is not `replay`.'),
    controller: z.union([z.string(), section]).default('zero').describe('What chooses the actions.'),
    episodes: z.int().min(1).default(1).describe('Episodes of single envs, all envs together.'),
    steps: z.int().min(1).default(100).describe('Steps of a round at most.'),
    seed: z
      .int()
      .min(0)
      .max(0xffffffff)
      .optional()
      .describe('Env i of round r is reset with seed + r·N + i.'),
    options: z.record(z.string(), z.unknown()).optional().describe('Given to the simulator with each reset.'),
    record: z
      .union([z.boolean(), name, z.array(name)])
      .default(true)
      .describe('Keep a recording: yes, no, or the recorders by name.'),
    replay: name.optional().describe('Simulator here that the recording is replayed in afterwards.'),
    tolerance: z
      .object({
        position: z.number().positive().default(1e-6),
        rotation: z.number().positive().default(1e-6),
      })
      .strict()
      .optional()
      .describe('Replayed body poses that differ by more (metres, radians) fail the run.'),
    video: z.union([z.boolean(), video]).default(false).describe('Draw the replayed episodes.'),
    folder: z.string().default('runs').describe('Where the runs’ folders are made.'),
  })
  .strict();

export type RunConfig = z.infer<typeof runSchema>;

/** A config file, before its sections are checked against their plugins. */
export const fileSchema = z
  .object({
    version: z.literal(1, 'this farsim reads config version 1: begin the file with `version: 1`'),
    name: name.optional().describe('Goes into the names of the runs’ folders.'),
    hosts: z.record(name, hostSchema).default({}),
    transports: z.record(name, section).default({}),
    codecs: z.record(name, section).default({}),
    recorders: z.record(name, section).default({}),
    controllers: z.record(name, section).default({}),
    simulators: z.record(name, section).default({}),
    run: runSchema.optional(),
  })
  .strict();

export type FileConfig = z.infer<typeof fileSchema>;

/** Where the config keeps the sections of each kind. */
export const sectionsKey = {
  transport: 'transports',
  codec: 'codecs',
  recorder: 'recorders',
  controller: 'controllers',
  simulator: 'simulators',
} as const satisfies Record<PortKind, keyof FileConfig>;
