import { createHash } from 'node:crypto';
import { FarsimError } from '../model/errors.ts';
import type { FileTree, ModelFiles } from '../ports/simulator.ts';
import type { Address, FinishedProcess, Host } from '../ports/transport.ts';
import { askBridge, bridgeLine } from './ask-bridge.ts';
import type { FarOptions } from './far-options.ts';
import { makeEnvironment } from './make-environment.ts';
import { placeBridge } from './place-bridge.ts';

/** How long `up` takes at most where nothing queues it: a cold interpreter, a home on a network. */
const upMs = 2_000;

/** A far simulator's Python: its adapter files by file name, `module:Class`, and what must be installed for it. */
export interface FarAdapter {
  readonly entry: string;
  readonly files: FileTree;
  /** pip requirements of a managed environment; none when the interpreter is the user's. */
  readonly requirements: readonly string[];
}

/** A program of the user's that calls farsim.bridge.serve(env), in the place of an adapter. */
export interface FarScript {
  /** On the far machine; left out: the entry of the order's `files.script`. */
  readonly path?: string;
  readonly args: readonly string[];
}

export interface BridgeOrder {
  readonly name: string;
  readonly adapter: FarAdapter;
  readonly script?: FarScript | undefined;
  readonly options: FarOptions;
  /** The adapter's own config. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Files to be there before the start, by the config key that takes the path of their entry. */
  readonly files: Readonly<Record<string, ModelFiles>>;
  readonly signal: AbortSignal;
  /** Aborts when the simulator shall be ended by force. */
  readonly hurry?: AbortSignal | undefined;
  readonly progress: (line: string) => void;
  /** Takes what the user should know after the end. */
  readonly log?: (line: string) => void;
}

/** A supervisor that runs and listens. */
export interface StartedBridge {
  readonly session: string;
  readonly token: string;
  /** Where its control and data channels are dialled. */
  readonly address: Address;
  /** It was there before: an earlier client left it for the next one. */
  readonly joined: boolean;
  /** Seconds that it outlives its client. */
  readonly grace: number;
  /** Ends it and what its supervisor left, when no channel can be dialled; tells why it had ended before. */
  readonly down: () => Promise<string | undefined>;
}

/**
 * Puts all that the order needs on the host and starts its simulator there; with `join`, one that an equal order made earlier
 * and that waits for its next client is taken instead. Throws PYTHON_*, UPLOAD_FAILED, ENVIRONMENT_FAILED or START_FAILED.
 */
export async function startBridge(
  host: Host,
  order: BridgeOrder,
  { join = false }: { readonly join?: boolean } = {},
): Promise<StartedBridge> {
  const { options, signal, progress, adapter, config } = order;
  const managed =
    options.python === 'managed' || (options.python === undefined && adapter.requirements.length > 0);
  const bridge = await placeBridge(host, managed ? undefined : options.python, adapter.files, signal);
  const { command: base, version } = bridge.python;
  const { script: uploaded, ...files } = await uploadFiles(host, order, bridge.cache);
  const script = order.script && { script: { path: uploaded, ...order.script } };
  const python = managed ? [await makeEnvironment(host, [...base, bridge.path], order)] : base;
  const { launch, enter = launch, cwd = null, env, lease, start } = options;
  const made = { adapter: adapter.entry, config, cwd, env, files, ...script };
  const orderHash = hashOf({ ...made, python, bridge: bridge.path, launch, enter });
  const later = [...enter, ...python, bridge.path];
  // what is launched by a queue would wait in it, only to find that it is not needed
  const joinFirst = join && enter !== launch;
  let line = joinFirst ? await askBridge(host, later, ['join', '--order', orderHash], signal) : {};
  if (line.session === undefined) {
    progress(`starting ${order.name} on ${host.name} (Python ${version})`);
    const input = JSON.stringify({ ...made, name: order.name, lease, start, orderHash, join });
    const result = await finishSoon(host, [...launch, ...python, bridge.path, 'up'], input, signal);
    line = bridgeLine(result, (said) => notStarted(host, said));
  }
  return reachBridge(host, later, line, lease.grace);
}

/** Finds a session of this user that runs on the host, by its id, or the newest of that name. Throws PYTHON_*, UPLOAD_FAILED or SESSION_EXPIRED. */
export async function findBridge(
  host: Host,
  { options, signal }: Pick<BridgeOrder, 'options' | 'signal'>,
  wanted: string,
): Promise<StartedBridge> {
  const { python, launch, enter = launch, lease } = options;
  const found = await placeBridge(host, python === 'managed' ? undefined : python, new Map(), signal);
  const later = [...enter, ...found.python.command, found.path];
  return reachBridge(host, later, await askBridge(host, later, ['join', wanted], signal), lease.grace);
}

/** `command`: words that run the bridge's verbs there; `line`: what `up` or `join` answered. */
function reachBridge(
  host: Host,
  command: readonly string[],
  line: Readonly<Record<string, unknown>>,
  grace: number,
): StartedBridge {
  const session = String(line.session);
  return {
    session,
    token: String(line.token),
    address: host.local ? String(line.address) : { exec: [...command, 'attach', session] },
    joined: line.joined === true,
    grace: (line.lease as { readonly grace?: number } | undefined)?.grace ?? grace,
    down: async () => {
      const { reason } = await askBridge(host, command, ['down', session]).catch(() => ({ reason: null }));
      return typeof reason === 'string' ? reason : undefined;
    },
  };
}

function notStarted(host: Host, said: string): FarsimError {
  return new FarsimError('START_FAILED', `the bridge did not start on ${host.name} ${said}`);
}

/**
 * Runs `up`, which is over in a moment, to its end: stopped half-way, it would leave a supervisor that nobody knows, and who
 * gets its line can end it. What still waits after that moment waits in a queue, and is stopped there.
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
