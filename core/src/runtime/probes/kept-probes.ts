import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { probeNames, probeOutcomes, type ProbeReport } from '../../model/probe-report.ts';
import type { WorldSpec } from '../../model/world-spec.ts';
import { changedConventions, conventionsOf, type Conventions } from './conventions.ts';
import { makeFolder } from '../make-folder.ts';

/** What earlier probes say of a simulator that is open now. */
export interface KnownProbes {
  /** Of a simulator with the same conventions. */
  readonly report?: ProbeReport;
  /** Where there is none: what differs from the newest of the same robot and task, a sentence each, and when that was. */
  readonly changes: readonly string[];
  readonly at?: string;
}

interface KeptFile {
  readonly farsim: 1;
  readonly conventions: Conventions;
  readonly report: ProbeReport;
}

/** Another farsim may have written it otherwise. */
const keptFile = z.object({
  farsim: z.literal(1),
  conventions: z.object({
    versions: z.record(z.string(), z.string()),
    native: z.record(z.string(), z.string()),
    steps: z.object({ step_dt: z.string(), physics_dt: z.string(), autoreset: z.string() }),
    capabilities: z.array(z.string()),
    orders: z.record(z.string(), z.array(z.string())),
  }),
  report: z.object({
    at: z.string(),
    specHash: z.string(),
    seconds: z.number(),
    results: z.array(z.looseObject({ probe: z.enum(probeNames), outcome: z.enum(probeOutcomes) })),
  }),
});

/** `$XDG_CACHE_HOME/farsim/doctor`, or the same under `~/.cache`. */
export function probesFolder(): string {
  const cache = process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache');
  return path.join(cache, 'farsim', 'doctor');
}

/** Keeps a report for later runs of the same simulator, whichever config they come from. Throws what writing throws. */
export async function keepProbes(
  spec: WorldSpec,
  report: ProbeReport,
  folder = probesFolder(),
): Promise<void> {
  const conventions = conventionsOf(spec);
  const target = fileOf(folder, spec, conventions);
  await makeFolder(path.dirname(target));
  const draft = `${target}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify({ farsim: 1, conventions, report } satisfies KeptFile));
  await rename(draft, target);
}

/** Finds the report of a simulator with these conventions, or what has changed since the newest one. A file that cannot be read is none. */
export function findProbes(spec: WorldSpec, folder = probesFolder()): KnownProbes {
  const conventions = conventionsOf(spec);
  const file = fileOf(folder, spec, conventions);
  const same = readKept(file);
  if (same) return { report: same.report, changes: [] };
  const newest = listKept(path.dirname(file)).toSorted((a, b) => (a.report.at < b.report.at ? 1 : -1))[0];
  if (!newest) return { changes: [] };
  return { changes: changedConventions(newest.conventions, conventions), at: newest.report.at };
}

function fileOf(folder: string, { sim, task, entities }: WorldSpec, conventions: Conventions): string {
  const robots = Object.entries(entities).map(([name, { joint_names, body_names }]) => [
    name,
    joint_names.toSorted(),
    body_names.toSorted(),
  ]);
  const subject = digest([sim, task, robots.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))]);
  return path.join(folder, subject, `${digest(conventions)}.json`);
}

function listKept(folder: string): KeptFile[] {
  let files: string[];
  try {
    files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  } catch {
    return [];
  }
  return files.flatMap((file) => readKept(path.join(folder, file)) ?? []);
}

function readKept(file: string): KeptFile | undefined {
  try {
    const { data } = keptFile.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return data as KeptFile | undefined;
  } catch {
    return undefined;
  }
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
