import { setImmediate } from 'node:timers/promises';
import { FarsimError, isFarsimError } from '../../model/errors.ts';
import { Op } from '../../model/messages.ts';
import type { RemoteSimulator } from '../../remote/session/remote-simulator.ts';
import type { RunFolder } from './run-folder.ts';

const lines = 10_000;
/** A supervisor answers at once. */
const patienceMs = 5_000;
/** A link that is lost is not waited for: the log stays on its machine. */
const nothing = '{"lines":[]}';

/**
 * Keeps the end of a far simulator's own log in the run's folder, as `logs/NAME.log`: what its supervisor still answers, else
 * what its crash brought along. A simulator of this process has none.
 */
export async function keepFarLog(
  folder: RunFolder,
  name: string,
  simulator: object,
  error: FarsimError | undefined,
): Promise<void> {
  const { session } = simulator as Partial<RemoteSimulator>;
  if (!session) return;
  const log = await farLog(session, error);
  if (log.length > 0) await folder.write(`logs/${name}.log`, `${log.join('\n')}\n`);
}

async function farLog(
  session: RemoteSimulator['session'],
  error: FarsimError | undefined,
): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(nothing), patienceMs);
  });
  const { control } = session;
  // the simulator's end ends the link too, and the call tells of that
  const lost = control.linkLost().then(() => setImmediate(nothing));
  try {
    const answer = await Promise.race([control.call(Op.logs, { lines }), late, lost]);
    return (JSON.parse(answer) as { lines: string[] }).lines;
  } catch (thrown) {
    const told = [error, thrown].filter(isFarsimError).map(({ details }) => details.log);
    return (told.find(Array.isArray) ?? []) as readonly string[];
  } finally {
    clearTimeout(timer);
  }
}
