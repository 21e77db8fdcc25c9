import { availableParallelism } from 'node:os';
import path from 'node:path';
import { defineConfig, type Plugin } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Tests name the sources (`../src/x.ts`), which they are type-checked against, and run what was built from them, workers included. */
const runBuiltCode: Plugin = {
  name: 'run-built-code',
  enforce: 'pre',
  resolveId(source, importer) {
    if (!importer || !/(^|\/)src\/.*\.ts$/.test(source) || !source.startsWith('.')) return null;
    const file = path.resolve(path.dirname(importer), source);
    return file.replace(/\/src\/(.*)\.ts$/, '/dist/$1.js');
  },
};

/** What takes long begins early, or the other cores wait for it at the end. */
const longest = [
  'test/faults/',
  'cli/test/detach',
  'ssh-transport-contract',
  'test/prefixes',
  'cli/test/host',
];
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = longest.findIndex((part) => moduleId.includes(part));
      return place < 0 ? longest.length : place;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  plugins: [runBuiltCode],
  test: {
    include: ['{core,cli,test}/**/*.test.ts', 'plugins/*/test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', 'test/{isaac,engines}/**'],
    // what is waited for comes when it comes: how soon is for bench/ and the faults table
    expect: { poll: { timeout: 15_000 } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // most files wait for processes, so more than there are cores
    maxWorkers: availableParallelism() + 2,
    sequence: { sequencer: LongestFirst },
  },
});
