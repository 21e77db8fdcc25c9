import type { RemoteSimulator } from '../../remote/session/remote-simulator.ts';
import type { Simulator } from '../../ports/simulator.ts';
import type { ClientSession } from '../../session/client/client-session.ts';
import { CallTimes, type CallTimesSummary } from '../../rollout/call-times.ts';

const samples = 100;
const budgetMs = 1_000;

/** Times reading the whole state; undefined where the simulator cannot. At most 100 calls or 1 s, less where its link is lost. */
export async function measureState(simulator: Simulator): Promise<CallTimesSummary | undefined> {
  if (!simulator.getState) return undefined;
  const { session } = simulator as Partial<RemoteSimulator>;
  return measure(async () => {
    const began = performance.now();
    await simulator.getState!();
    return (performance.now() - began) / 1000;
  }, session);
}

/** Times a ping over the session's control channel; undefined without a session. */
export async function measureLink(session: ClientSession | undefined): Promise<CallTimesSummary | undefined> {
  return session && measure(() => session.control.roundTrip(), session);
}

/** What was measured until a call failed or the link was lost: a finished run neither fails by it nor waits for a link. */
async function measure(
  once: () => Promise<number>,
  session: ClientSession | undefined,
): Promise<CallTimesSummary | undefined> {
  const times = new CallTimes();
  const until = performance.now() + budgetMs;
  const lost = session?.control.linkLost().then(() => undefined);
  try {
    for (let i = 0; i < samples && performance.now() < until; i++) {
      const call = once();
      const seconds = await (lost ? Promise.race([lost, call]) : call);
      if (seconds === undefined) {
        call.catch(() => undefined);
        break;
      }
      times.add(seconds);
    }
  } catch {
    return times.summary();
  }
  return times.summary();
}
