import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { isaacTwo } from './isaac-two.ts';

const python = process.env.FARSIM_TEST_PYTHON ?? 'python3';
const program = path.join(import.meta.dirname, 'check_names.py');

test('every name that Isaac Lab 2.x is used by, and that its fake has, is in the wheel of 2.3.2', () => {
  const { status, stdout, stderr } = spawnSync(python, [program, isaacTwo()], { encoding: 'utf8' });
  expect(status, stdout + stderr).toBe(0);
  expect(stdout).toMatch(/^\d+ names of \d+ classes are there/);
});
