import { toFarsimError } from '../model/errors.ts';
import type { ProbeResult } from '../model/probe-report.ts';
import type { Simulator } from '../ports/simulator.ts';

/** What a far simulator is given to close by itself, before its processes are ended by force. */
const usualSeconds = 10;

/** Closes the simulator: it must end by itself, within its time. */
export async function probeClose(simulator: Simulator, allowed = usualSeconds): Promise<ProbeResult> {
  const began = performance.now();
  const wayOut = 'see its log: close() must let go of the engine without waiting for anybody';
  const closing = simulator[Symbol.asyncDispose]().then(
    () => undefined,
    (error: unknown) => toFarsimError(error),
  );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), allowed * 1000);
  });
  const ended = await Promise.race([closing, late]);
  clearTimeout(timer);
  const figure = (performance.now() - began) / 1000;
  const measured = { probe: 'close', figure, allowed, unit: 's', seconds: figure } as const;
  if (ended === undefined) return { ...measured, outcome: 'passed', said: 'it ended by itself' };
  const said = ended === 'late' ? 'it did not end by itself' : `${ended.code}: ${ended.message}`;
  return { ...measured, outcome: 'failed', said, wayOut };
}
