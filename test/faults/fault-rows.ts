import { bus } from './bus.ts';
import { clientDeaths } from './client-deaths.ts';
import { decoders } from './decoders.ts';
import { foreignHosts } from './foreign-hosts.ts';
import { refusals } from './refusals.ts';
import { roundTrips } from './round-trips.ts';
import { cuts } from './cuts.ts';
import type { FaultRow, Scale } from './fault-row.ts';
import { maps } from './maps.ts';
import { simulatorDeaths } from './simulator-deaths.ts';
import { strangersAndRivals } from './strangers.ts';
import { supervisorDeaths } from './supervisor-deaths.ts';
import { versions } from './versions.ts';

export const fullScale: Scale = { freezeMs: 30_000, patience: 1 };
export const quickScale: Scale = { freezeMs: 8_000, patience: 2 };

/** Every row, by its number. */
export const faultRows: readonly FaultRow[] = [
  ...simulatorDeaths,
  ...clientDeaths,
  ...supervisorDeaths,
  ...cuts,
  ...bus,
  ...strangersAndRivals,
  ...versions,
  ...decoders,
  ...refusals,
  ...roundTrips,
  ...maps,
  ...foreignHosts,
].toSorted((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)));
