import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { quoteCommand } from '../src/programs/quote-command.ts';

const run = promisify(execFile);
const shells = ['/bin/sh', '/bin/bash', '/bin/dash', '/bin/zsh', '/bin/ksh'].filter(existsSync);
const print = ['/usr/bin/env', 'printf', '%s\\0'];

/** What a shell makes of the words. */
async function throughShell(shell: string, words: readonly string[]): Promise<string[]> {
  const { stdout } = await run(shell, ['-c', quoteCommand([...print, ...words])], { maxBuffer: 1 << 24 });
  return stdout.split('\0').slice(0, -1);
}

describe.each(shells)('%s gives back', (shell) => {
  test('every character below 256 alone, doubled and between letters', async () => {
    const signs = Array.from({ length: 255 }, (_, i) => String.fromCharCode(i + 1));
    const words = signs.flatMap((sign) => [sign, sign + sign, `a${sign}b`, ` ${sign}`, `${sign}'`]);
    expect(await throughShell(shell, words)).toEqual(words);
  });
  test('2,000 random words of awkward signs', async () => {
    const signs = [...'\'"\\$`!*?[]{}()<>|&;~#=^%@ \t\n\r-/abc€😀'];
    let state = 1;
    const random = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
    const words = Array.from({ length: 2_000 }, () =>
      Array.from({ length: random(12) }, () => signs[random(signs.length)]).join(''),
    );
    expect(await throughShell(shell, words)).toEqual(words);
  });
});

test('the program takes the place of the shell, in its folder and with its variables', async () => {
  const command = quoteCommand(['sh', '-c', 'echo "$PPID $PWD $ODD"'], {
    cwd: '/tmp',
    env: { ODD: "it's $5" },
  });
  const { stdout } = await run('/bin/sh', ['-c', `echo $PPID; ${command}`]);
  const [shellsParent, program] = stdout.split('\n');
  expect(program).toBe(`${shellsParent} /tmp it's $5`);
});

test.each([
  [[], {}],
  [[''], {}],
  [['echo', 'a\0b'], {}],
  [['echo'], { env: { 'A B': '1' } }],
  [['echo'], { env: { A: '\0' } }],
  [['echo'], { cwd: '/tmp\0' }],
])('%j with %j is BAD_ARGUMENT', (argv: string[], options) => {
  expect(() => quoteCommand(argv, options)).toThrowError(expect.objectContaining({ code: 'BAD_ARGUMENT' }));
});
