import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { changedConventions, conventionsOf, type Conventions } from '../../model/conventions.ts';
import {
  probeNames,
  probeOutcomes,
  type ProbedSimulator,
  type ProbeReport,
} from '../../model/probe-report.ts';
import type { WorldSpec } from '../../model/world-spec.ts';
import { makeFolder } from '../make-folder.ts';

/** What earlier probes say of a simulator that is open now. */
export interface KnownProbes {
  /** Of a simulator with the same conventions. */
  readonly report?: ProbeReport;
  /** Where there is none: what differs from the newest of the same robot and task, a sentence each, and when that was. */
  readonly changes: readonly string[];
  readonly at?: string;
}

interface KeptFile extends ProbedSimulator {
  readonly farsim: 1;
  /** Of the simulator's section. */
  readonly plugin: string;
}

/** A far side is told of so many; each is some kilobytes. */
const toldAtMost = 32;

/** Another farsim may have written it otherwise. */
const keptFile = z.object({
  farsim: z.literal(1),
  plugin: z.string(),
  sim: z.string(),
  task: z.string(),
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
  plugin: string,
  spec: WorldSpec,
  report: ProbeReport,
  folder = probesFolder(),
): Promise<void> {
  const conventions = conventionsOf(spec);
  const target = fileOf(folder, spec, conventions);
  await makeFolder(path.dirname(target));
  const draft = `${target}.${randomUUID()}`;
  const { sim, task } = spec;
  const kept: KeptFile = { farsim: 1, plugin, sim, task, conventions, report };
  await writeFile(draft, JSON.stringify(kept));
  await rename(draft, target);
}

/** Finds the report of a simulator with these conventions, or what has changed since the newest one. A file that cannot be read is none. */
export function findProbes(spec: WorldSpec, folder = probesFolder()): KnownProbes {
  const conventions = conventionsOf(spec);
  const file = fileOf(folder, spec, conventions);
  const same = readKept(file);
  if (same) return { report: same.report, changes: [] };
  const newest = listKept(path.dirname(file))[0];
  if (!newest) return { changes: [] };
  return { changes: changedConventions(newest.conventions, conventions), at: newest.report.at };
}

/** Simulators that this plugin opened when they were probed, the newest first: for a far side, which knows by its own spec which of them it is. */
export function probedBy(plugin: string, folder = probesFolder()): ProbedSimulator[] {
  return listFolder(folder)
    .flatMap((subject) => listKept(path.join(folder, subject)))
    .filter((kept) => kept.plugin === plugin)
    .toSorted(newestFirst)
    .slice(0, toldAtMost)
    .map(({ sim, task, conventions, report }) => ({ sim, task, conventions, report }));
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

/** The newest first. */
function listKept(folder: string): KeptFile[] {
  const files = listFolder(folder).filter((file) => file.endsWith('.json'));
  return files.flatMap((file) => readKept(path.join(folder, file)) ?? []).toSorted(newestFirst);
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function newestFirst(a: KeptFile, b: KeptFile): number {
  return a.report.at < b.report.at ? 1 : -1;
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
