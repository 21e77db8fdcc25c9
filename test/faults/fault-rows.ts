import { clientDeaths } from './client-deaths.ts';
import { cuts } from './cuts.ts';
import type { FaultRow, Scale } from './fault-row.ts';
import { simulatorDeaths } from './simulator-deaths.ts';
import { strangersAndRivals } from './strangers.ts';
import { supervisorDeaths } from './supervisor-deaths.ts';

export const fullScale: Scale = { freezeMs: 30_000 };
export const quickScale: Scale = { freezeMs: 5_000 };

/** Every row, by its number. */
export const faultRows: readonly FaultRow[] = [
  ...simulatorDeaths,
  ...clientDeaths,
  ...supervisorDeaths,
  ...cuts,
  ...strangersAndRivals,
].toSorted((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)));
