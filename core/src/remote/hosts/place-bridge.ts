import type { FileTree } from '../../ports/simulator.ts';
import type { Host } from '../../ports/transport.ts';
import { buildBridgeArchive } from './bridge-archive.ts';
import { enterHost } from './enter-host.ts';
import { requireEntry } from '../launch/far-prefixes.ts';
import { findFarPython, type FarPython } from './far-python.ts';

/** The bridge as it lies on a host, and an interpreter that runs it. */
export interface PlacedBridge {
  /** Where it lies. */
  readonly host: Host;
  readonly python: FarPython;
  /** farsim's folder there, absolute. */
  readonly cache: string;
  /** The archive's path there; equal contents have equal names. */
  readonly path: string;
}

/**
 * Finds an interpreter and puts the bridge there, with the adapter files by their names; `enter` leads into the container where
 * that is. Throws PYTHON_* or UPLOAD_FAILED, START_FAILED where `enter` leads nowhere.
 */
export async function placeBridge(
  host: Host,
  enter: readonly string[],
  python: string | undefined,
  adapterFiles: FileTree,
  signal: AbortSignal,
): Promise<PlacedBridge> {
  const entered = enterHost(host, enter);
  const found = await findFarPython(entered, python, signal).catch(async (error: unknown) => {
    if (!signal.aborted) await requireEntry(host, enter, signal);
    throw error;
  });
  const cache = `${found.home}/.cache/farsim`;
  const archive = await buildBridgeArchive(adapterFiles);
  await entered.upload(new Map([[archive.fileName, archive.bytes]]), `${cache}/bridges`, { signal });
  return { host: entered, python: found, cache, path: `${cache}/bridges/${archive.fileName}` };
}
