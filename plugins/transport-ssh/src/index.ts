export { default } from './plugin.ts';
export * from './plugin.ts';
export * from './ssh-transport.ts';
export * from './programs/quote-command.ts';
export * from './config/known-hosts.ts';
