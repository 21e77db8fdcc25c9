import { setFlagsFromString } from 'node:v8';

const never = 2 ** 30 - 1;

/**
 * Lets this process run WebAssembly in several threads. Call it before a module is instantiated.
 *
 * V8 up to 13 (Node 22 and 24) compiles a wrapper for an imported function that is called a thousand times, and shares it among
 * the threads of the process. When one thread lets go of the last use while another takes it up, it is freed twice, and the process
 * ends with SIGSEGV or SIGTRAP (V8 bug 407003348). This keeps such calls in V8's generic wrapper, which is never freed: 0.2 µs
 * more for each state that MuJoCo here takes.
 */
export function shareWasmAmongThreads(): void {
  setFlagsFromString(`--wasm-wrapper-tiering-budget=${never}`);
}
