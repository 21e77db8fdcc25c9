import { FarsimError, isFarsimError } from '../model/errors.ts';
import { Op } from '../model/messages.ts';
import type { RemoteSimulator } from '../remote/remote-simulator.ts';
import type { RunFolder } from './run-folder.ts';

const lines = 10_000;

/**
 * Keeps the end of a far simulator's own log in the run's folder, as `logs/NAME.log`: what its supervisor still answers, else
 * what its crash brought along. A simulator of this process has none.
 */
export async function keepFarLog(
  folder: RunFolder,
  name: string,
  simulator: object,
  error: FarsimError | undefined,
) {
  const { session } = simulator as Partial<RemoteSimulator>;
  if (!session) return;
  const log = await farLog(session, error);
  if (log.length > 0) await folder.write(`logs/${name}.log`, `${log.join('\n')}\n`);
}

async function farLog(
  session: RemoteSimulator['session'],
  error: FarsimError | undefined,
): Promise<readonly string[]> {
  try {
    return (JSON.parse(await session.control.call(Op.logs, { lines })) as { lines: string[] }).lines;
  } catch (thrown) {
    const told = [error, thrown].filter(isFarsimError).map(({ details }) => details.log);
    return (told.find(Array.isArray) ?? []) as readonly string[];
  }
}
