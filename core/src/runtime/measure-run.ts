import type { Simulator } from '../ports/simulator.ts';
import type { ClientSession } from '../session/client-session.ts';
import { CallTimes, type CallTimesSummary } from '../rollout/call-times.ts';

const samples = 100;
const budgetMs = 1_000;

/** Times reading the whole state; undefined where the simulator cannot. At most 100 calls or 1 s. */
export async function measureState(simulator: Simulator): Promise<CallTimesSummary | undefined> {
  if (!simulator.getState) return undefined;
  return measure(async () => {
    const began = performance.now();
    await simulator.getState!();
    return (performance.now() - began) / 1000;
  });
}

/** Times a ping over the session's control channel; undefined without a session. */
export async function measureLink(session: ClientSession | undefined): Promise<CallTimesSummary | undefined> {
  return session && measure(() => session.control.roundTrip());
}

/** What was measured until a call failed: a finished run does not fail by it. */
async function measure(once: () => Promise<number>): Promise<CallTimesSummary | undefined> {
  const times = new CallTimes();
  const until = performance.now() + budgetMs;
  try {
    for (let i = 0; i < samples && performance.now() < until; i++) times.add(await once());
  } catch {
    return times.summary();
  }
  return times.summary();
}
