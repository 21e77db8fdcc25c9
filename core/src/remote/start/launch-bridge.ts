import { FarsimError } from '../../model/errors.ts';
import { askBridge } from '../hosts/ask-bridge.ts';
import { FarLaunch } from '../launch/far-launch.ts';
import { runningLaunches, type RunningLaunch } from '../launch/list-launches.ts';
import type { BridgeOrder } from './bridge-order.ts';
import { reachBridge, type BridgePlace, type StartedBridge } from './started-bridge.ts';

/** Starts a bridge behind the order's `launch`, detached, and waits for it as long as a queue takes. Throws START_FAILED with what the prefix said, or the bridge's error. */
export async function launchBridge(
  place: BridgePlace,
  input: string,
  { name, options, signal, progress }: BridgeOrder,
): Promise<StartedBridge> {
  const { host, prefixes, orderHash } = place;
  const launch = new FarLaunch(host, orderHash, launchCommand(place));
  const line = await launch.firstLine({ name, input, queued: prefixes.entersJob, signal, progress });
  const { grace } = options.lease;
  if (line.joined === true) {
    await launch.end(0);
    return reachBridge(place, line, grace, await findLaunch(place, line, signal));
  }
  if (prefixes.entersJob && line.job === undefined) {
    await launch.end(0);
    throw new FarsimError(
      'START_FAILED',
      `\`enter\` names {job}, and no queue told its number on ${String(line.host)} (SLURM_JOB_ID, PBS_JOBID, LSB_JOBID …)`,
      { suggestions: ['leave {job} out of `enter`, or start the bridge in a job of a queue'] },
    );
  }
  return reachBridge(place, line, grace, launch);
}

/** The session that `ask`, a verb with its words, finds on the host; behind a queue, in the jobs that were launched from this host. Throws what the verb says where no queue is between. */
export async function findSession(
  place: BridgePlace,
  ask: readonly [string, ...string[]],
  grace: number,
  signal: AbortSignal,
): Promise<StartedBridge | undefined> {
  const { host, prefixes, command } = place;
  const lineIn = async (job?: string): Promise<Record<string, unknown> | undefined> => {
    const line = await askBridge(host, [...prefixes.enter(job), ...command], ask, signal);
    return line.session === undefined ? undefined : line;
  };
  if (!prefixes.entersJob) {
    const line = await lineIn();
    return line && reachBridge(place, line, grace, await findLaunch(place, line, signal));
  }
  for (const { launch, line } of await launchesOf(place, signal)) {
    // a job that ends meanwhile is none to join
    const found = typeof line.job === 'string' ? await lineIn(line.job).catch(() => undefined) : undefined;
    if (found) return reachBridge(place, found, grace, launch);
  }
  return undefined;
}

/** What started the session of that line behind its prefix, where this host still knows. */
async function findLaunch(
  place: BridgePlace,
  { session }: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<FarLaunch | undefined> {
  if (place.prefixes.launch.length === 0) return undefined;
  return (await launchesOf(place, signal)).find(({ line }) => line.session === session)?.launch;
}

/** Those of the place's order, or all where it has none. */
function launchesOf(place: BridgePlace, signal: AbortSignal): Promise<readonly RunningLaunch[]> {
  return runningLaunches(place.host, place.orderHash, launchCommand(place), signal);
}

function launchCommand({ prefixes, command }: BridgePlace): readonly string[] {
  return [...prefixes.launch, ...command, 'up', '--foreground'];
}
