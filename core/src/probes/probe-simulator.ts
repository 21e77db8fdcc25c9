import { createHash } from 'node:crypto';
import { FarsimError } from '../model/errors.ts';
import type { ProbeReport, ProbeResult } from '../model/probe-report.ts';
import type { Simulator } from '../ports/simulator.ts';
import { bodiesProbe } from './bodies-probe.ts';
import { finalStateProbe } from './final-state-probe.ts';
import { finiteProbe } from './finite-probe.ts';
import { kinematicsProbe } from './kinematics-probe.ts';
import { namesProbe } from './names-probe.ts';
import { partialResetProbe } from './partial-reset-probe.ts';
import { pictureProbe } from './picture-probe.ts';
import { ProbedSimulator } from './probed-simulator.ts';
import type { OpenTwin, Probe } from './probe.ts';
import { quaternionProbe } from './quaternion-probe.ts';
import { readingProbe } from './reading-probe.ts';
import { runProbe } from './run-probe.ts';
import { seedProbe } from './seed-probe.ts';
import { setGetProbe } from './set-get-probe.ts';
import { velocityProbe } from './velocity-probe.ts';

export interface ProbeOptions {
  /** Opens the near engine with the simulator's own model; left out: `kinematics` is not applicable. */
  readonly openTwin?: OpenTwin;
  /** Of all probes together; what has no time left is not applicable. A minute when left out. */
  readonly seconds?: number;
  readonly signal?: AbortSignal;
  /** Called before each probe and with each result. */
  readonly onProbe?: (probe: ProbeResult['probe']) => void;
  readonly onResult?: (result: ProbeResult) => void;
}

const probes: readonly Probe[] = [
  namesProbe,
  readingProbe,
  setGetProbe,
  bodiesProbe,
  quaternionProbe,
  velocityProbe,
  kinematicsProbe,
  finiteProbe,
  seedProbe,
  partialResetProbe,
  pictureProbe,
  finalStateProbe,
];

const usualSeconds = 60;

/**
 * Tries on a live simulator whether its states mean what the schema says and its calls do what the port says: every probe
 * but `close`. It is left as after a reset. What a probe throws is its failure. Throws INTERRUPTED when the signal aborts.
 */
export async function probeSimulator(simulator: Simulator, options: ProbeOptions = {}): Promise<ProbeReport> {
  const { openTwin, seconds = usualSeconds, signal, onProbe, onResult } = options;
  const began = performance.now();
  const subject = new ProbedSimulator(simulator);
  const results: ProbeResult[] = [];
  let lost: string | undefined;
  for (const probe of probes) {
    const left = seconds - (performance.now() - began) / 1000;
    if (left <= 0) lost ??= `no time was left of ${seconds} s`;
    if (signal?.aborted) throw new FarsimError('INTERRUPTED', `stopped before the probe '${probe.name}'`);
    onProbe?.(probe.name);
    const { result, end } = lost
      ? { result: skipped(probe, lost), end: undefined }
      : await runProbe(probe, subject, openTwin, left);
    lost ??= end;
    results.push(result);
    onResult?.(result);
  }
  if (lost === undefined) await subject.begin();
  return {
    at: new Date().toISOString(),
    specHash: hashOfSpec(simulator),
    seconds: (performance.now() - began) / 1000,
    results,
  };
}

/** SHA-256 of the spec as the far side sent it, or of a near simulator's spec as JSON; hex. */
export function hashOfSpec(simulator: Simulator): string {
  const { spec, session } = simulator as Simulator & { readonly session?: { readonly specHash: Uint8Array } };
  const hash = session?.specHash ?? createHash('sha256').update(JSON.stringify(spec)).digest();
  return Buffer.from(hash).toString('hex');
}

function skipped({ name }: Probe, why: string): ProbeResult {
  return { probe: name, outcome: 'not applicable', seconds: 0, said: why };
}
