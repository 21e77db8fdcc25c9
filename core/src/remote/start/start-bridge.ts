import { createHash } from 'node:crypto';
import { FarsimError } from '../../model/errors.ts';
import type { FarRun } from '../../ports/detached-session.ts';
import type { FileTree } from '../../ports/simulator.ts';
import type { FinishedProcess, Host } from '../../ports/transport.ts';
import { bridgeLine } from '../hosts/ask-bridge.ts';
import type { BridgeOrder } from './bridge-order.ts';
import { readPrefixes, requirePrefixPrograms } from '../launch/far-prefixes.ts';
import { findSession, launchBridge } from './launch-bridge.ts';
import { makeEnvironment } from './make-environment.ts';
import { placeBridge } from '../hosts/place-bridge.ts';
import { reachBridge, type BridgePlace, type StartedBridge } from './started-bridge.ts';

/** How long `up` takes at most: a cold interpreter, a home on a network. */
const upMs = 2_000;

/** What the far side records with. */
const recordingRequirements = ['mcap', 'numpy'];

/**
 * Puts all that the order needs on the host and starts its simulator there; with `join`, one that an equal order made earlier
 * and that waits for its next client is taken instead, or where the order takes over, one that another client controls. Throws PYTHON_*, UPLOAD_FAILED, ENVIRONMENT_FAILED or START_FAILED.
 */
export async function startBridge(
  host: Host,
  order: BridgeOrder,
  { join = false }: { readonly join?: boolean } = {},
): Promise<StartedBridge> {
  const { options, signal, progress, adapter, config, run, takeOver = false } = order;
  const prefixes = readPrefixes(options);
  await requirePrefixPrograms(host, prefixes, signal);
  const managed =
    options.python === 'managed' || (options.python === undefined && adapter.requirements.length > 0);
  const given = managed ? undefined : options.python;
  const bridge = await placeBridge(host, prefixes.prepare, given, adapter.files, signal);
  const { command: base } = bridge.python;
  const { script: uploaded, ...files } = await uploadFiles(bridge.host, order, bridge.cache);
  const script = order.script && { script: { path: uploaded, ...order.script } };
  const requirements = [...adapter.requirements, ...(run ? recordingRequirements : [])];
  const own = managed
    ? await makeEnvironment(bridge.host, [...base, bridge.path], requirements, adapter.pythonVersion, order)
    : undefined;
  const python = own ? [own.python] : base;
  const { launch, enter = launch, cwd = null, env, lease, start } = options;
  const made = { adapter: adapter.entry, config, cwd, env, files, ...script };
  const orderHash = hashOf({ ...made, python, bridge: bridge.path, launch, enter });
  const remakes = new Set(script ? [] : adapter.remakes);
  const without = (values: Readonly<Record<string, unknown>>): object =>
    Object.fromEntries(Object.entries(values).filter(([key]) => !remakes.has(key)));
  const engine = { ...made, config: without(config), files: without(files), python, bridge: bridge.path };
  const engineHash = remakes.size > 0 && !run ? hashOf({ ...engine, launch, enter }) : '';
  const remake = { config, files, orderHash };
  const place: BridgePlace = { host, prefixes, command: [...python, bridge.path], orderHash, remake };
  // what is launched by a queue would wait in it, only to find that it is not needed
  const ask = [
    'join',
    '--order',
    orderHash,
    ...(engineHash ? ['--engine', engineHash] : []),
    ...(takeOver ? ['--busy'] : []),
  ] as const;
  const kept = join && enter !== launch ? await findSession(place, ask, lease.grace, signal) : undefined;
  if (kept) return kept;
  progress(`starting ${order.name} on ${host.name} (Python ${own?.version ?? bridge.python.version})`);
  const input = JSON.stringify({
    ...made,
    name: order.name,
    lease,
    start,
    orderHash,
    ...(engineHash && { engineHash }),
    join,
    ...(takeOver && { takeOver }),
    ...(run && { run: await uploadRun(bridge.host, run, bridge.cache, order) }),
  });
  if (launch.length > 0) return launchBridge(place, input, order);
  const result = await finishSoon(host, [...place.command, 'up'], input, signal);
  const line = bridgeLine(result, (said) => notStarted(host, said));
  return reachBridge(place, line, lease.grace);
}

/** Finds a session of this user that runs on the host or in a job that was launched there, by its id, or the newest of that name. Throws PYTHON_*, UPLOAD_FAILED or SESSION_EXPIRED. */
export async function findBridge(
  host: Host,
  { options, signal }: Pick<BridgeOrder, 'options' | 'signal'>,
  wanted: string,
): Promise<StartedBridge> {
  const { python, lease } = options;
  const prefixes = readPrefixes(options);
  const given = python === 'managed' ? undefined : python;
  const bridge = await placeBridge(host, prefixes.prepare, given, new Map(), signal);
  const command = [...bridge.python.command, bridge.path];
  const place: BridgePlace = { host, prefixes, command, orderHash: '' };
  const found = await findSession(place, ['join', wanted], lease.grace, signal);
  if (found) return found;
  throw new FarsimError(
    'SESSION_EXPIRED',
    `no job that was launched from ${host.name} runs session ${wanted}`,
  );
}

function notStarted(host: Host, said: string): FarsimError {
  return new FarsimError('START_FAILED', `the bridge did not start on ${host.name} ${said}`);
}

/**
 * Runs `up`, which is over in a moment, to its end: stopped half-way, it would leave a supervisor that nobody knows, and who
 * gets its line can end it.
 */
async function finishSoon(
  host: Host,
  command: string[],
  input: string,
  signal: AbortSignal,
): Promise<FinishedProcess> {
  if (signal.aborted)
    throw new FarsimError('INTERRUPTED', `stopped before the bridge was started on ${host.name}`);
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => void (timer = setTimeout(() => late.abort(), upMs));
  signal.addEventListener('abort', stop);
  try {
    return await (
      await host.run(command, { input, signal: late.signal })
    ).finished;
  } finally {
    signal.removeEventListener('abort', stop);
    clearTimeout(timer);
  }
}

async function uploadFiles(host: Host, order: BridgeOrder, cache: string): Promise<Record<string, string>> {
  const paths: Record<string, string> = {};
  for (const [key, { entry, files }] of Object.entries(order.files)) {
    const folder = `${cache}/files/${contentHash(files)}`;
    order.progress(`uploading ${key} (${files.size} files)`);
    await host.upload(files, folder, { signal: order.signal });
    paths[key] = `${folder}/${entry}`;
  }
  return paths;
}

/** The run as the far side reads it, its files there. */
async function uploadRun(
  host: Host,
  { files, ...run }: FarRun,
  cache: string,
  { signal, progress }: BridgeOrder,
): Promise<FarRun> {
  if (!files) return run;
  const folder = `${cache}/files/${contentHash(files)}`;
  progress(`uploading what the controller reads (${files.size} files)`);
  await host.upload(files, folder, { signal });
  const { use, config } = run.controller;
  return { ...run, controller: { use, config: { ...config, folder } } };
}

function contentHash(files: FileTree): string {
  const hash = createHash('sha256');
  for (const [name, bytes] of [...files].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${name}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex').slice(0, 24);
}

/** Equal for equal plain values, whatever the order of their keys. */
function hashOf(value: object): string {
  return createHash('sha256').update(JSON.stringify(value, sortedKeys)).digest('hex').slice(0, 24);
}

function sortedKeys(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
