import { describe, expect, test } from 'vitest';
import { faultRows, quickScale } from './fault-rows.ts';

describe('survives', () => {
  test.each(faultRows.map((row) => [`${row.id}: ${row.fault}`, row] as const))(
    '%s',
    async (_, row) => {
      const { passed, failures } = await row.run(row.quick, quickScale);
      expect(failures).toEqual([]);
      expect(passed).toBe(row.quick);
    },
    120_000,
  );
});
