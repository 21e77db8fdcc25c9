import type { FileTree } from '../ports/simulator.ts';
import type { Host } from '../ports/transport.ts';
import { buildBridgeArchive } from './bridge-archive.ts';
import { findFarPython, type FarPython } from './far-python.ts';

/** The bridge as it lies on a host, and an interpreter that runs it. */
export interface PlacedBridge {
  readonly python: FarPython;
  /** farsim's folder there, absolute. */
  readonly cache: string;
  /** The archive's path there; equal contents have equal names. */
  readonly path: string;
}

/** Finds an interpreter and puts the bridge there, with the adapter files by their names. Throws PYTHON_* or UPLOAD_FAILED. */
export async function placeBridge(
  host: Host,
  python: string | undefined,
  adapterFiles: FileTree,
  signal: AbortSignal,
): Promise<PlacedBridge> {
  const found = await findFarPython(host, python, signal);
  const cache = `${found.home}/.cache/farsim`;
  const archive = await buildBridgeArchive(adapterFiles);
  await host.upload(new Map([[archive.fileName, archive.bytes]]), `${cache}/bridges`, { signal });
  return { python: found, cache, path: `${cache}/bridges/${archive.fileName}` };
}
