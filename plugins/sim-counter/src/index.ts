import { defineFarSimulator } from '@farsim/core';
import { z } from 'zod';

const seconds = z.number().nonnegative();
const atStep = z.int().min(1);

/** What a real simulator does at its worst, on request; steps count since the start, from 1. */
const faults = {
  say: z.string().optional().describe('A line that it prints in launch.'),
  slowStart: seconds.optional().describe('Seconds of progress lines in launch.'),
  quietStart: seconds.optional().describe('Seconds of launch without a line or CPU time.'),
  failImport: z.string().optional().describe('A module that launch imports.'),
  failLaunch: z.boolean().optional(),
  failCreate: z.boolean().optional(),
  failReset: z.boolean().optional(),
  raiseAt: atStep.optional().describe('Raises an error in this step.'),
  exitAt: atStep.optional().describe('Ends its process in this step.'),
  exitCode: z.int().min(0).max(255).optional(),
  killAt: atStep.optional().describe('SIGKILL to itself in this step.'),
  hangAt: atStep.optional(),
  hangTime: seconds.optional().describe('Seconds that it hangs.'),
  holdAt: atStep.optional(),
  holdTime: seconds
    .optional()
    .describe('Seconds that it holds the interpreter’s lock: no thread of its process runs.'),
  stopAt: atStep.optional().describe('SIGSTOP to itself in this step.'),
  nanAt: atStep.optional().describe('Observes NaN in this step.'),
  printFatal: atStep.optional().describe('Prints a line in this step that means a fatal engine error.'),
  logBytesAt: atStep.optional().describe('Fills the log in this step.'),
  logBytes: z.int().min(1).optional(),
  ignoreSignals: z.boolean().optional().describe('Ignores SIGTERM and SIGHUP.'),
  forkTwice: z.boolean().optional().describe('Leaves a grandchild in a session of its own.'),
  hangClose: z.boolean().optional(),
};

export default defineFarSimulator({
  name: 'counter',
  summary:
    'Adds up its actions on the far side, with faults on request: shows whether a step was lost or doubled.',
  support: 'in CI',
  config: {
    envs: z.int().min(1).default(1),
    size: z.int().min(1).default(1).describe('Numbers in one env’s action.'),
    payloadBytes: z.int().min(0).default(0).describe('Bytes of padding in one env’s observation.'),
    stepTime: seconds.default(0).describe('Seconds that a step takes.'),
    resetTime: seconds.default(0),
    episodeSteps: z
      .int()
      .min(0)
      .default(0)
      .describe('Control steps after which an env is truncated; 0: never.'),
    autoreset: z.enum(['next_step', 'same_step', 'disabled']).default('disabled'),
    ...faults,
  },
  adapter: {
    entry: 'counter_adapter:CounterAdapter',
    files: [new URL('../adapters/counter_adapter.py', import.meta.url)],
  },
});
