import { adoptDetached, loadConfig, type HostPlace } from '@farsim/core';
import { chooseSession } from '../hosts/choose-session.ts';
import { openNamedHost } from '../hosts/open-far-host.ts';

export interface AdoptRun {
  readonly host: string;
  /** A session's id, the beginning of one, or its simulator's name. */
  readonly wanted: string;
  readonly parent: string;
  /** Configs whose `hosts` are known too. */
  readonly configs: readonly string[] | undefined;
  readonly signal: AbortSignal;
}

/** The folder here of a detached run that is known by its machine and session alone; made where there is none. */
export async function adoptRun({ host, wanted, parent, configs, signal }: AdoptRun): Promise<string> {
  const place = configs === undefined ? {} : placeOf(configs);
  await using opened = await openNamedHost(host, signal, place);
  const session = await chooseSession(opened.far, wanted, signal, () => opened.far.unfetched(signal));
  const known = place.hosts?.[host] === undefined ? [] : (configs ?? []);
  return await adoptDetached(opened.far, { host, session, parent, configs: known, signal });
}

/** The hosts that configs name. */
export function placeOf(configs: readonly string[]): HostPlace {
  const { file, folder } = loadConfig(configs);
  return { hosts: file.hosts, folder };
}
