/** What a plugin's worker threads need of farsim: a tenth of what the whole package loads, which each of them would load anew. */
export * from './model/errors.ts';
export * from './model/error-codes.ts';
export * from './model/tensor.ts';
export * from './model/tree.ts';
export * from './pictures/png.ts';
export * from './runtime/wasm-wrappers.ts';
