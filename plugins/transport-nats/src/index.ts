export { default } from './plugin.ts';
export * from './plugin.ts';
export * from './nats-transport.ts';
export type { NatsOptions } from './nats-settings.ts';
