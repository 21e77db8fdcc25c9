import { FarsimError } from '../../model/errors.ts';

/** A crash is told on control; it may come a little later than the data connection's end. */
const crashReportMs = 2_000;

/**
 * Why a session ended whose link was `lost` and could not be dialled again, which gave `error`: what control tells (`ended`)
 * says more than a connection that cannot be dialled.
 */
export async function explainLostSession(
  error: FarsimError,
  lost: FarsimError,
  ended: Promise<FarsimError>,
): Promise<FarsimError> {
  const { code, message, suggestions, details } = error;
  if (code === 'EPOCH_LOST')
    return new FarsimError('EPISODE_LOST', `after a cut: ${message}`, { cause: error, details });
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<undefined>(
    (resolve) => (timer = setTimeout(() => resolve(undefined), crashReportMs)),
  );
  const better = await Promise.race([ended, patience]);
  clearTimeout(timer);
  return (
    better ?? new FarsimError(code, `${message} (${lost.message})`, { suggestions, details, cause: error })
  );
}
