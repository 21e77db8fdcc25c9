export { default } from './plugin.ts';
export * from './plugin.ts';
export * from './ssh-transport.ts';
export * from './quote-command.ts';
export * from './known-hosts.ts';
