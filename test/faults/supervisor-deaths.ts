import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isFarsimError } from '@farsim/core';
import { farPids, withLocalCounter } from './far-sides.ts';
import { inflict, type FaultRow } from './fault-row.ts';
import { one, sessionGone } from './stepping.ts';

async function killSupervisor(i: number): Promise<number> {
  const config = i % 2 === 0 ? {} : { ignore_signals: true, fork_twice: true };
  return withLocalCounter({ config, far: { lease: { grace: 60 } } }, async (simulator) => {
    await simulator.reset();
    const { session, supervisor } = await farPids(simulator);
    const stepping = (async () => {
      for (;;) await simulator.step(one);
    })().catch((error: unknown) => error);
    await sleep((i * 17) % 100);
    process.kill(supervisor, 'SIGKILL');
    const took = await sessionGone(session, 2_000);
    const error = await stepping;
    assert.ok(isFarsimError(error) && error.code === 'SESSION_EXPIRED', String(error));
    assert.ok(!existsSync(`/tmp/farsim-${process.getuid!()}/${session}.sock`));
    return took;
  });
}

export const supervisorDeaths: readonly FaultRow[] = [
  {
    id: 'R3',
    fault: 'SIGKILL to the supervisor',
    full: 100,
    quick: 2,
    run: (count) => inflict(count, 'kill to nothing left', killSupervisor, 2),
  },
];
