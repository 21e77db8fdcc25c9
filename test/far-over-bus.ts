import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { protobufCodec } from '@farsim/codec-protobuf';
import { createRemoteSimulator, dialSession, type RemoteSimulator, type Transport } from '@farsim/core';
import { buildBridgeArchive } from '../core/src/remote/hosts/bridge-archive.ts';

/** What `bridge.pyz up` was told and said. */
export interface StartedUp {
  readonly exitCode: number;
  /** Its one line. */
  readonly line: Readonly<Record<string, unknown>> & {
    readonly session: string;
    readonly pid: number;
    readonly error?: { readonly code: string; readonly message: string };
  };
  readonly token: string;
}

export interface FarOverBus extends StartedUp, AsyncDisposable {
  readonly name: string;
}

export interface BusOrder {
  /** The order's `nats`, without `name`. */
  readonly nats: Readonly<Record<string, unknown>>;
  readonly name?: string;
  /** Its interpreter; left out: the tests'. */
  readonly python?: string;
  /** More of the order, or other values. */
  readonly order?: Readonly<Record<string, unknown>>;
}

const adapterFile = new URL('../plugins/sim-counter/adapters/counter_adapter.py', import.meta.url);

/** Starts a counter that listens on a bus, as its user does on a machine that can only dial out; ends it by `down`. */
export async function startOnBus({
  nats,
  name = 'plant',
  python,
  order = {},
}: BusOrder): Promise<FarOverBus> {
  const folder = await mkdtemp(path.join(tmpdir(), 'farsim-bus-'));
  const { fileName, bytes } = await buildBridgeArchive(
    new Map([['counter_adapter.py', await readFile(adapterFile)]]),
  );
  const archive = path.join(folder, fileName);
  const token = randomBytes(32).toString('hex');
  await writeFile(archive, bytes);
  const input = JSON.stringify({
    adapter: 'counter_adapter:CounterAdapter',
    lease: { grace: 60 },
    token,
    nats: { name, ...nats },
    ...order,
  });
  const { exitCode, stdout, stderr } = await runPython([archive, 'up'], input, python);
  if (!stdout.startsWith('{"farsim"')) throw new Error(`up said: ${stdout}${stderr}`);
  const line = JSON.parse(stdout) as StartedUp['line'];
  return {
    exitCode,
    line,
    token,
    name,
    async [Symbol.asyncDispose]() {
      if (!line.error) await runPython([archive, 'down', line.session], '', python);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Joins it over the bus alone, and asks it to close at the end. */
export async function joinOverBus(
  transport: Transport,
  { name, token }: { readonly name: string; readonly token: string },
  onLink: (notice: string) => void = () => undefined,
): Promise<RemoteSimulator> {
  const session = await dialSession({
    connect: (address, options) => transport.connect!(address, options),
    address: `subject:${name}`,
    token,
    codec: protobufCodec,
    graceMs: 60_000,
    onLink,
  });
  return createRemoteSimulator(session, async () => {
    await session.control.close(20_000);
    await session[Symbol.asyncDispose]();
  });
}

/** The interpreter of a managed environment with these requirements, made by the bridge where there is none yet. */
export async function makePython(requirements: readonly string[]): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'farsim-bus-'));
  try {
    const { fileName, bytes } = await buildBridgeArchive(new Map());
    const archive = path.join(folder, fileName);
    await writeFile(archive, bytes);
    const { stdout } = await runPython([archive, 'environment'], JSON.stringify({ requirements }));
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly python?: string });
    const made = lines.at(-1)!.python;
    if (made === undefined) throw new Error(`environment said: ${stdout}`);
    return made;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function runPython(
  words: readonly string[],
  input = '',
  python = process.env.FARSIM_TEST_PYTHON ?? 'python3',
): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(python, words, { timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({ exitCode: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr }),
    );
    child.stdin!.end(input);
  });
}

/** The process that stands between the bus and a session: the supervisor's sibling. */
export function relayOf({ line }: StartedUp): number {
  const parentOf = (pid: string): number => Number(statOf(pid)?.[1]);
  const sentinel = parentOf(String(line.pid));
  const siblings = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && parentOf(pid) === sentinel);
  const relay = siblings.find((pid) => Number(pid) !== line.pid);
  if (relay === undefined) throw new Error(`no relay beside supervisor ${line.pid}`);
  return Number(relay);
}

/** True while the process runs; a zombie does not. */
export function runs(pid: number): boolean {
  const state = statOf(String(pid))?.[0];
  return state !== undefined && state !== 'Z';
}

/** Fields of /proc/PID/stat from the state on. */
function statOf(pid: string): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
  } catch {
    return undefined;
  }
}
