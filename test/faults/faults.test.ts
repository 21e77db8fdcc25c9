import { describe, expect, test } from 'vitest';
import type { FaultRow } from './fault-row.ts';
import { faultRows, quickScale } from './fault-rows.ts';

/** Most of their time nothing happens: they need not wait for each other. */
const waiting = new Set(['R5', 'R6', 'R8', 'R9', 'R11', 'R21']);

const named = (rows: readonly FaultRow[]) => rows.map((row) => [`${row.id}: ${row.fault}`, row] as const);

async function survives(row: FaultRow): Promise<void> {
  const { passed, failures } = await row.run(row.quick, quickScale);
  expect(failures).toEqual([]);
  expect(passed).toBe(row.quick);
}

describe('survives', () => {
  test.concurrent.each(named(faultRows.filter(({ id }) => waiting.has(id))))(
    '%s',
    (_, row) => survives(row),
    120_000,
  );
  test.each(named(faultRows.filter(({ id }) => !waiting.has(id))))('%s', (_, row) => survives(row), 120_000);
});
