import { closeSync, openSync, writeSync } from 'node:fs';
import tty from 'node:tty';

const end = { interrupt: '\x03', endOfInput: '\x04', eraseLine: '\x15' } as const;
const backspaces = ['\x7f', '\b'];

/** A descriptor of the terminal that this process was started from, whatever its standard input is; undefined without one. */
export function openTerminal(): number | undefined {
  try {
    const descriptor = openSync('/dev/tty', 'r+');
    if (tty.isatty(descriptor)) return descriptor;
    closeSync(descriptor);
  } catch {
    // a service, a notebook or a test has none
  }
  return undefined;
}

/** Reads one line that the terminal does not show, and closes the descriptor. Undefined when the user gave none, or the signal aborted; Ctrl-C is passed on to this process. */
export async function readHidden(
  descriptor: number,
  prompt: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const input = new tty.ReadStream(descriptor);
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  let line = '';
  let interrupted = false;
  const stop = (): void => resolve(undefined);
  input.setRawMode(true);
  input.setEncoding('utf8');
  input.on('error', stop);
  input.on('data', (typed: string) => {
    for (const sign of typed) {
      if (sign === '\r' || sign === '\n') resolve(line);
      else if (sign === end.interrupt) {
        interrupted = true;
        stop();
      } else if (sign === end.endOfInput) stop();
      else if (sign === end.eraseLine) line = '';
      else if (backspaces.includes(sign)) line = [...line].slice(0, -1).join('');
      else line += sign;
    }
  });
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  writeSync(descriptor, `\r${prompt}`);
  try {
    return await promise;
  } finally {
    signal?.removeEventListener('abort', stop);
    input.setRawMode(false);
    writeSync(descriptor, '\r\n');
    input.destroy();
    if (interrupted) process.kill(process.pid, 'SIGINT');
  }
}
