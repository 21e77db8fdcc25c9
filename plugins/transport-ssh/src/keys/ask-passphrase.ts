import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openTerminal, readHidden } from './read-hidden.ts';

/** What came of asking; without an answer, why there is none. */
export type Passphrase =
  { readonly answer: string } | { readonly answer?: undefined; readonly why: 'nobody to ask' | 'not given' };

/**
 * Asks the user as ssh does: on the terminal, or by the program that SSH_ASKPASS names where there is no terminal but a
 * display, or where SSH_ASKPASS_REQUIRE is `force` or `prefer` (`never` forbids it). The answer passes no command line, no
 * variable and no file.
 */
export async function askPassphrase(prompt: string, signal: AbortSignal | undefined): Promise<Passphrase> {
  const { SSH_ASKPASS: program, SSH_ASKPASS_REQUIRE: required, DISPLAY, WAYLAND_DISPLAY } = process.env;
  const mayRun = Boolean(program) && required !== 'never';
  if (mayRun && (required === 'force' || required === 'prefer')) return askProgram(program!, prompt, signal);
  const terminal = openTerminal();
  if (terminal !== undefined) {
    const answer = await readHidden(terminal, prompt, signal);
    return answer === undefined ? { why: 'not given' } : { answer };
  }
  if (mayRun && (DISPLAY || WAYLAND_DISPLAY)) return askProgram(program!, prompt, signal);
  return { why: 'nobody to ask' };
}

async function askProgram(
  program: string,
  prompt: string,
  signal: AbortSignal | undefined,
): Promise<Passphrase> {
  const child = spawn(program, [prompt], { stdio: ['ignore', 'pipe', 'inherit'] });
  const stop = (): void => void child.kill();
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  const said: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  try {
    const [status] = (await once(child, 'close')) as [number | null];
    if (status !== 0) return { why: 'not given' };
    return {
      answer: Buffer.concat(said)
        .toString('utf8')
        .replace(/\r?\n$/, ''),
    };
  } catch {
    return { why: 'nobody to ask' };
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
