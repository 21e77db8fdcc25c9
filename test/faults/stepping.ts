import assert from 'node:assert/strict';
import { f64, type Frame, type RemoteSimulator, type Tensor } from '@farsim/core';
import { processesOfSession } from '../left-over.ts';

/** The counter adds each action: a lost or doubled step shows in every later sum. */
export const one = f64([1], [1, 1]);

export function sumOf({ observations }: Frame): number {
  return (observations as Tensor).data[0] as number;
}

/** Steps until `count` were answered, with `depth` of them on their way; gives the sums. */
export async function stepAtDepth(
  simulator: RemoteSimulator,
  count: number,
  depth: number,
): Promise<number[]> {
  const sums: number[] = [];
  const onTheWay: Promise<Frame>[] = [];
  for (let i = 0; i < count; i++) {
    onTheWay.push(simulator.step(one));
    if (onTheWay.length === depth) sums.push(sumOf(await onTheWay.shift()!));
  }
  for (const frame of onTheWay) sums.push(sumOf(await frame));
  return sums;
}

/** Asserts that the counter was reset once and stepped so often, and that both ledgers say so. */
export async function assertUndisturbed(simulator: RemoteSimulator, steps: number): Promise<void> {
  const frame = await simulator.step(one);
  assert.equal(sumOf(frame), steps + 1);
  simulator.session.ledger.verify();
  assert.equal(simulator.session.ledger.head().index, steps + 2);
}

/** Waits until no process of the session is left; gives how long that took. */
export async function sessionGone(session: string, withinMs: number): Promise<number> {
  const began = performance.now();
  for (;;) {
    const left = processesOfSession(session);
    const took = performance.now() - began;
    if (left.length === 0) return took;
    assert.ok(took < withinMs, `processes ${left.join(', ')} are left after ${Math.round(took)} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
