import type { SupportRow } from '@farsim/core';

/** How far farsim's adapter of Isaac Lab was tried. The doubles lie in `python/tests/fakes`; each names what it was written from. */
export const isaacLabSupport: readonly SupportRow[] = [
  {
    of: 'Isaac Lab 3.0.0 without Kit, on Newton, on the CPU',
    level: 'physics in CI',
    by: '`npm run test:isaac`; its cartpole in `.ci/run`',
  },
  {
    of: 'Isaac Lab 3.0 with Kit, PhysX',
    level: 'contract fake',
    by: 'written from the wheel of 3.0.0, read on 2026-11-25',
  },
  {
    of: 'Isaac Lab 3.0 betas with Kit',
    level: 'contract fake',
    by: 'written from sources of early 2026, read on 2026-11-25',
  },
  {
    of: 'Isaac Lab 2.x with Kit',
    level: 'contract fake',
    by: 'written from the wheel of 2.3.2.post1, against which all names are held by `npm test`',
  },
  { of: 'GPUs, cameras of Kit, OvPhysX', level: 'untested' },
  {
    of: 'Tasks of several agents (DirectMARLEnv)',
    level: 'untested',
    by: 'refused with `UNSUPPORTED`, before an env is made',
  },
  {
    of: 'Deformables, cables and surface grippers',
    level: 'untested',
    by: 'states do not hold them, which the spec says by name',
  },
];

/** The same of standalone Isaac Sim. */
export const isaacSimSupport: readonly SupportRow[] = [
  {
    of: 'Isaac Sim 6, experimental prims',
    level: 'contract fake',
    by: 'written from its source of 2026-06-22, read on 2026-11-25',
  },
  {
    of: 'Isaac Sim 4.5 and 5, core prims',
    level: 'contract fake',
    by: 'written from the same source, where they are deprecated',
  },
  {
    of: 'Its cameras, in 4.5 to 6',
    level: 'contract fake',
    by: 'written from examples of 5.0, 5.1 and 6.0.1 and the documentation of 4.5.0, read on 2026-11-26; what RTX draws was not seen',
  },
  { of: 'GPUs, Newton inside Isaac Sim', level: 'untested' },
];
