import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openDetachedBench, there, verified } from './fixtures/detached-bench.ts';

const bench = await openDetachedBench();
const { name, config, call, json, detach, synced } = bench;
afterAll(() => bench[Symbol.asyncDispose]());

describe.concurrent(
  'a run that came to no good end tells why, and what it recorded until then is here',
  () => {
    test.each([
      ['host down', {}, 130, { reason: 'interrupted' }, 'interrupted'],
      ['a crash', { killAt: 60 }, 8, { error: { code: 'SIMULATOR_CRASHED' } }, 'interrupted'],
      ['an error in a step', { raiseAt: 60 }, 8, { error: { code: 'SIMULATOR_FAILED' } }, 'failed'],
      // long enough for a start beside three others on a busy machine
      ['its lease', { lease: { total: 15 } }, 5, { error: { code: 'SESSION_EXPIRED' } }, 'interrupted'],
    ])('%s', async (what, plant, exit, said, outcome) => {
      const file = config(what.replaceAll(' ', '-'), { stepTime: 0.02, ...plant }, { episodes: 1_000 });
      const run = await detach(file);
      if (what === 'host down') {
        const shown = await json<{ sessions: Record<string, unknown>[] }>('host', 'ps', 'local');
        expect(shown.sessions.find(({ session }) => session === run.session)).toMatchObject({
          detached: true,
          warm: false,
          run: { wanted: 1_000, rounds: 500 },
        });
        const table = (await call('host', 'ps', 'local')).stdout;
        expect(table.split('\n').find((line) => line.startsWith(run.session))).toMatch(
          /\(detached\) .*round \d+ of about 500/,
        );
        expect((await call('host', 'down', run.session)).stdout).toContain('is over');
      }
      const { status, answer } = await synced(run.folder);
      expect(answer).toMatchObject(said);
      expect(status).toBe(exit);
      const info = await verified(run.folder);
      expect(info).toMatchObject({ sealed: true, outcomes: { [outcome]: 2 }, verified: { faults: [] } });
      expect(info.frames).toBeGreaterThan(20);
      expect(readFileSync(path.join(run.folder, `logs/${name}.log`), 'utf8')).toContain(
        'round 0 of about 500',
      );
      expect(existsSync(there(run.folder))).toBe(false);
      // who asks again hears the same
      expect((await call('sync', run.folder)).status).toBe(exit);
      if (what !== 'host down') return;
      const more = ['--resume', run.folder, `run.episodes=${String(Number(info.episodes) + 2)}`, '--json'];
      const resumed = await call('run', ...more);
      expect(JSON.parse(resumed.stdout)).toMatchObject({ reason: 'finished', episodes: { length: 4 } });
    });
  },
);
