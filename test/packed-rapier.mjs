// Holds the sample plugin, installed from its tarball, to the contract of simulators; run by scripts/test-packed.mjs.
import { simulatorContract } from '@farsim/core/testing';
import rapier from 'farsim-sim-rapier';

const context = {
  name: 'ball',
  folder: process.cwd(),
  signal: new AbortController().signal,
  progress: () => {},
  log: () => {},
};
let failed = 0;
for (const { fact, check } of simulatorContract(() => rapier.open(rapier.config.parse({}), context))) {
  try {
    await check();
  } catch (error) {
    failed++;
    console.error(`${fact}: ${error.message}`);
  }
}
process.exitCode = failed === 0 ? 0 : 1;
