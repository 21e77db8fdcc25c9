// `npm run draw-goldens`: draws the golden pictures of the software painter anew. Look at them before they are committed.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const { status } = spawnSync(
  process.execPath,
  [path.join(root, 'node_modules/vitest/vitest.mjs'), 'run', 'plugins/sim-mujoco/test/golden.test.ts'],
  { cwd: root, env: { ...process.env, FARSIM_DRAW_GOLDENS: '1' }, stdio: 'inherit' },
);
process.exitCode = status ?? 1;
