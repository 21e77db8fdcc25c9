import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { sendSignal } from '../../../test/send-signal.ts';

/** An echo peer on a bus, in a process of its own. */
export interface EchoProcess extends AsyncDisposable {
  readonly address: string;
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void;
}

const program = `
const [transport, testing, servers, address] = process.argv.slice(1);
const { openNatsTransport } = await import(transport);
const { echoFrames } = await import(testing);
const bus = await openNatsTransport({ servers });
await bus.listen(address, (channel) => void echoFrames(channel).catch(() => undefined));
process.stdin.on('end', () => process.exit(0)).resume();
console.log('listening');
`;

/** Starts it and waits until it listens. It ends with the returned value or, at the latest, with this process. */
export function startEchoProcess(servers: string, address: string): Promise<EchoProcess> {
  const modules = ['../dist/nats-transport.js', '../../../core/dist/testing/index.js'].map(pathOf);
  const words = ['--input-type=module', '-e', program, ...modules, servers, address];
  return startPeer(process.execPath, words, address);
}

/** The same in Python, which speaks the wire with its standard library alone. */
export function startPythonEcho(servers: string, name: string): Promise<EchoProcess> {
  const python = process.env.FARSIM_TEST_PYTHON ?? 'python3';
  const words = [pathOf('./python/echo_listener.py'), servers.replace('nats://', ''), name];
  return startPeer(python, words, `subject:${name}`);
}

async function startPeer(command: string, words: readonly string[], address: string): Promise<EchoProcess> {
  const child = spawn(command, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const [line] = (await Promise.race([once(child.stdout, 'data'), exited])) as unknown[];
  if (!Buffer.isBuffer(line)) throw new Error('the echo process ended before it listened');
  return {
    address,
    signal: (signal) => sendSignal(child.pid!, signal),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

function pathOf(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}
