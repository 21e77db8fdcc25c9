import { defineFarSimulator } from '@farsim/core';
import { z } from 'zod';

const adapter = new URL('../adapters/counter_adapter.py', import.meta.url);

export default defineFarSimulator({
  name: 'counter',
  summary: 'Adds up its actions on the far side, with faults on request: shows whether a step was lost or doubled.',
  support: 'tested',
  config: {
    envs: z.int().min(1).default(1),
    size: z.int().min(1).default(1).describe('Numbers in one env’s action.'),
  },
  adapter: { entry: 'counter_adapter:CounterAdapter', files: [adapter] },
});

