export { default } from './plugin.ts';
export * from './plugin.ts';
export * from './local-transport.ts';
