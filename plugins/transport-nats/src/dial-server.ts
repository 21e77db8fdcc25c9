import { FarsimError } from '@farsim/core';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { connectError } from './nats-errors.ts';
import type { NatsSettings } from './nats-settings.ts';

/** Connects to the first server that answers. Throws HOST_UNREACHABLE, LOGIN_REFUSED, UNSUPPORTED, INTERRUPTED. */
export async function dialServer(settings: NatsSettings, signal?: AbortSignal): Promise<NatsConnection> {
  const interrupted = new FarsimError('INTERRUPTED', `stopped while ${settings.servers} was dialled`);
  if (signal?.aborted) throw interrupted;
  const connecting = connect(settings.connection);
  let stop: () => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(interrupted);
    signal?.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([connecting, stopped]);
  } catch (error) {
    void connecting.then((late) => late.close()).catch(() => undefined);
    throw connectError(error, settings);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
