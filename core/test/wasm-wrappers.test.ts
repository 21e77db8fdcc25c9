import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

// a module whose `g` calls the imported `f`
const bytes = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 2, 7, 1, 1, 0x65, 1, 0x66, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1,
  0x67, 0, 1, 10, 6, 1, 4, 0, 0x10, 0, 0x0b,
];

/** Of one imported function that was called 5000 times: 1 while V8 has compiled no wrapper for it. */
function genericWrappers(first: string): number {
  const program = `${first}
    const { instance } = await WebAssembly.instantiate(new Uint8Array([${bytes.join()}]), { e: { f: () => undefined } });
    for (let i = 0; i < 5000; i++) instance.exports.g();
    console.log(%CountUnoptimizedWasmToJSWrapper(instance));`;
  const words = ['--allow-natives-syntax', '--input-type=module', '--eval', program];
  return Number(execFileSync(process.execPath, words, { encoding: 'utf8', cwd: import.meta.dirname }));
}

test('V8 compiles wrappers of imports', () => {
  expect(genericWrappers('')).toBe(0);
});

test.each(['@farsim/core', '@farsim/sim-mujoco', '@farsim/recorder-video'])('none with %s', (name) => {
  const first =
    name === '@farsim/core'
      ? `(await import('${name}')).shareWasmAmongThreads();`
      : `await import('${name}');`;
  expect(genericWrappers(first)).toBe(1);
});
