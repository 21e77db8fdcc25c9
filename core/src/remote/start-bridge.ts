import { createHash } from 'node:crypto';
import { FarsimError } from '../model/errors.ts';
import type { FileTree, ModelFiles } from '../ports/simulator.ts';
import type { Address, FinishedProcess, Host } from '../ports/transport.ts';
import { errorFromReport } from '../session/far-errors.ts';
import { jsonLine } from '../session/json-line.ts';
import { buildBridgeArchive } from './bridge-archive.ts';
import type { FarOptions } from './far-options.ts';
import { findFarPython } from './far-python.ts';

/** How long `up` takes at most where nothing queues it: a cold interpreter, a home on a network. */
const upMs = 2_000;

/** A far simulator's Python: its adapter files by file name, `module:Class`, and what must be installed for it. */
export interface FarAdapter {
  readonly entry: string;
  readonly files: FileTree;
  /** pip requirements of a managed environment; none when the interpreter is the user's. */
  readonly requirements: readonly string[];
}

export interface BridgeOrder {
  readonly name: string;
  readonly adapter: FarAdapter;
  readonly options: FarOptions;
  /** The adapter's own config. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Files to be there before the start, by the config key that takes the path of their entry. */
  readonly files: Readonly<Record<string, ModelFiles>>;
  readonly signal: AbortSignal;
  /** Aborts when the simulator shall be ended by force. */
  readonly hurry?: AbortSignal | undefined;
  readonly progress: (line: string) => void;
}

/** A supervisor that runs and listens. */
export interface StartedBridge {
  readonly session: string;
  readonly token: string;
  /** Where its control and data channels are dialled. */
  readonly address: Address;
  /** Ends it and what its supervisor left, when no channel can be dialled; tells why it had ended before. */
  readonly down: () => Promise<string | undefined>;
}

/** Puts the bridge on the host and starts it there. Throws PYTHON_*, UPLOAD_FAILED, ENVIRONMENT_FAILED or START_FAILED. */
export async function startBridge(host: Host, order: BridgeOrder): Promise<StartedBridge> {
  const { options, signal, progress } = order;
  const managed =
    options.python === 'managed' || (options.python === undefined && order.adapter.requirements.length > 0);
  const base = await findFarPython(host, managed ? undefined : options.python, signal);
  const cache = `${base.home}/.cache/farsim`;
  const archive = await buildBridgeArchive(order.adapter.files);
  await host.upload(new Map([[archive.fileName, archive.bytes]]), `${cache}/bridges`, { signal });
  const bridge = `${cache}/bridges/${archive.fileName}`;
  const files = await uploadFiles(host, order, cache);
  const python = managed ? [await makeEnvironment(host, [...base.command, bridge], order)] : base.command;
  progress(`starting ${order.name} on ${host.name} (Python ${base.version})`);
  const command = [...options.launch, ...python, bridge, 'up'];
  const input = JSON.stringify({
    name: order.name,
    adapter: order.adapter.entry,
    config: order.config,
    lease: options.lease,
    start: options.start,
    cwd: options.cwd ?? null,
    env: options.env,
    files,
  });
  const line = await firstLine(host, command, input, signal);
  const later = [...(options.enter ?? options.launch), ...python, bridge];
  const session = String(line.session);
  return {
    session,
    token: String(line.token),
    address: host.local ? String(line.address) : { exec: [...later, 'attach', session] },
    down: async () => {
      const { stdout } = await (await host.run([...later, 'down', session])).finished;
      const line = jsonLine(Buffer.from(stdout).toString('utf8'));
      return typeof line?.reason === 'string' ? line.reason : undefined;
    },
  };
}

async function firstLine(
  host: Host,
  command: string[],
  input: string,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const result = await finishSoon(host, command, input, signal);
  const line = jsonLine(Buffer.from(result.stdout).toString('utf8'));
  if (line?.error) throw errorFromReport(line.error as Record<string, unknown>);
  if (line) return line;
  const said = Buffer.from(result.stderr).toString('utf8').trim();
  throw new FarsimError(
    'START_FAILED',
    `the bridge did not start on ${host.name} (exit status ${result.exitCode ?? result.signal}): ${lastLines(said)}`,
  );
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

async function makeEnvironment(host: Host, bridge: readonly string[], order: BridgeOrder): Promise<string> {
  const input = JSON.stringify({ requirements: order.adapter.requirements });
  let unfinished = '';
  const process = await host.run([...bridge, 'environment'], {
    input,
    signal: order.signal,
    onOutput: (chunk, stream) => {
      if (stream !== 'stdout') return;
      const lines = (unfinished + Buffer.from(chunk).toString('utf8')).split('\n');
      unfinished = lines.pop()!;
      for (const line of lines) reportProgress(line, order.progress);
    },
  });
  const result = await process.finished;
  const answers = Buffer.from(result.stdout)
    .toString('utf8')
    .split('\n')
    .map(jsonLine)
    .filter((answer) => answer !== undefined);
  const failure = answers.find((answer) => answer.error);
  if (failure) throw errorFromReport(failure.error as Record<string, unknown>);
  const python = answers.find((answer) => typeof answer.python === 'string')?.python as string | undefined;
  if (python) return python;
  const said = Buffer.from(result.stderr).toString('utf8').trim();
  throw new FarsimError(
    'ENVIRONMENT_FAILED',
    `no Python environment on ${host.name} (exit status ${result.exitCode ?? result.signal}): ${lastLines(said)}`,
  );
}

function reportProgress(line: string, progress: (line: string) => void): void {
  const said = jsonLine(line);
  if (typeof said?.progress === 'string') progress(said.progress);
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

function lastLines(output: string): string {
  return output === '' ? 'it printed nothing' : output.split('\n').slice(-8).join('\n');
}
