import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { f64, type Frame, type RemoteSimulator, type Tensor, type Transport } from '@farsim/core';
import { expect } from 'vitest';
import { openSsh } from '../faults/far-sides.ts';
import { openLocalTransport } from '../open-far.ts';
import type { Sshd } from '../sshd/start-sshd.ts';

export const one = f64([1], [1, 1]);
const sum = ({ observations }: Frame): number => (observations as Tensor).data[0] as number;

export interface Way {
  readonly link: string;
  open(sshd: Sshd): Promise<Transport>;
}
export const local: Way = { link: 'local', open: openLocalTransport };
export const overSsh: readonly Way[] = (['ssh2', 'openssh'] as const).map((client) => ({
  link: client,
  open: (sshd) => openSsh(sshd, sshd.port, client),
}));

export function sessionOf(simulator: RemoteSimulator): string {
  return simulator.session.control.welcome.session;
}

/** Launches of this user that were not cleared away. */
export function launches(): string[] {
  const folder = path.join(homedir(), '.cache/farsim/launches');
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** Holds when all launches since then were cleared away, those of other tests that run beside this one too. */
export async function expectNoneSince(before: readonly string[]): Promise<void> {
  await expect.poll(() => launches().filter((name) => !before.includes(name))).toEqual([]);
}

/** Steps on from where the counter is and proves that each step was applied once. */
export async function stepOn(simulator: RemoteSimulator, from: number, steps = 16): Promise<void> {
  const frames = await Promise.all(Array.from({ length: steps }, () => simulator.step(one)));
  expect(frames.map(sum)).toEqual(Array.from({ length: steps }, (_, i) => from + i + 1));
  expect(simulator.session.ledger.fault).toBeUndefined();
}
