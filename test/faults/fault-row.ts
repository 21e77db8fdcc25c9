/** A fault or an attack, and the proof that it is survived (docs/faults.md). */
export interface FaultRow {
  /** As in the table: `R1`. */
  readonly id: string;
  readonly fault: string;
  /** How often `npm run faults` and `npm test` inflict it. */
  readonly full: number;
  readonly quick: number;
  run(count: number, scale: Scale): Promise<FaultOutcome>;
}

/** How long a fault lasts: what is 30 s in the full lane is a few in the quick one. */
export interface Scale {
  readonly freezeMs: number;
  /** Times the bounds on durations: 1, or more where the machine does other things too. */
  readonly patience: number;
}

export interface FaultOutcome {
  readonly passed: number;
  /** What the ones that did not pass failed with. */
  readonly failures: readonly string[];
  /** What was measured, in words and numbers. */
  readonly figure: string;
}

/** Inflicts a fault so often, some at the same time; `once` gives the milliseconds that matter, and throws when it was not survived. */
export async function inflict(
  count: number,
  figure: string,
  once: (i: number) => Promise<number>,
  atOnce = 1,
): Promise<FaultOutcome> {
  const times: number[] = [];
  const failures: string[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) {
      const i = next++;
      try {
        times.push(await once(i));
      } catch (error) {
        failures.push(`${i}: ${describe(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, work));
  const worst = times.length > 0 ? `${Math.round(Math.max(...times))} ms at worst` : 'none';
  return { passed: times.length, failures, figure: `${figure}: ${worst}` };
}

/** Several ways of one fault as one outcome. */
export function together(outcomes: readonly FaultOutcome[]): FaultOutcome {
  return {
    passed: outcomes.reduce((total, { passed }) => total + passed, 0),
    failures: outcomes.flatMap(({ failures }) => failures),
    figure: outcomes.map(({ figure }) => figure).join('; '),
  };
}

/** `count` dealt out to so many ways, the first ones having one more where it does not come out even. */
export function dealt(count: number, ways: number): number[] {
  return Array.from({ length: ways }, (_, i) => Math.floor((count + ways - 1 - i) / ways));
}

/** Where an assertion stands says nothing that its message does not. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === 'AssertionError' ? error.message : (error.stack ?? error.message);
}

export function milliseconds(since: number): number {
  return performance.now() - since;
}
