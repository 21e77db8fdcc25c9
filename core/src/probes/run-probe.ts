import { FarsimError, toFarsimError } from '../model/errors.ts';
import type { ProbeResult } from '../model/probe-report.ts';
import type { OpenTwin, Probe } from './probe.ts';
import type { ProbedSimulator } from './probed-simulator.ts';

const gone: ReadonlySet<string> = new Set([
  'SIMULATOR_CRASHED',
  'LINK_LOST',
  'SESSION_EXPIRED',
  'FENCED',
  'CLOSED',
  'DEADLINE_EXCEEDED',
]);

/** What a call threw says more than the probe's own way out. */
const itsLog = 'mend the call that threw it: the simulator’s log has its traceback';

/** Runs one probe for `seconds` at most; what it throws is its failure. `end` says that the simulator is not there any more. */
export async function runProbe(
  probe: Probe,
  subject: ProbedSimulator,
  openTwin: OpenTwin | undefined,
  seconds: number,
): Promise<{ readonly result: ProbeResult; readonly end: string | undefined }> {
  const began = performance.now();
  const took = (): number => (performance.now() - began) / 1000;
  const { name, wayOut } = probe;
  try {
    const found = await within(seconds, probe.run(subject, openTwin));
    if ('notApplicable' in found) {
      const result = {
        probe: name,
        outcome: 'not applicable',
        seconds: took(),
        said: found.notApplicable,
      } as const;
      return { result, end: undefined };
    }
    const { figure, allowed, unit, said } = found;
    const measured = Number.isFinite(figure) ? { figure, allowed, unit } : { allowed, unit };
    const passed = figure <= allowed;
    const outcome = passed ? 'passed' : 'failed';
    const result = {
      probe: name,
      outcome,
      ...measured,
      seconds: took(),
      said,
      ...(!passed && { wayOut }),
    } as const;
    return { result, end: undefined };
  } catch (error) {
    const { code, message, suggestions } = toFarsimError(error);
    const said = `${code}: ${message}`;
    const result = {
      probe: name,
      outcome: 'failed',
      seconds: took(),
      said,
      wayOut: suggestions.join('; ') || itsLog,
    } as const;
    return { result, end: gone.has(code) ? `the simulator was lost in the probe '${name}'` : undefined };
  }
}

async function within<Result>(seconds: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new FarsimError('DEADLINE_EXCEEDED', `no answer within ${seconds.toFixed(0)} s`)),
      seconds * 1000,
    );
  });
  // its own failure, should it come later, is not heard any more
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
