import { mergeConfig } from 'vitest/config';
import everything from './vitest.config.ts';

/** Tests that need a real simulator of some gigabytes: one engine after another, and time for its kernels to be compiled. */
const { include: _, exclude: __, ...shared } = everything.test!;
export default mergeConfig(
  { ...everything, test: shared },
  {
    test: {
      include: ['test/{isaac,engines}/**/*.test.ts'],
      testTimeout: 600_000,
      hookTimeout: 1_200_000,
      fileParallelism: false,
    },
  },
);
