export type * from './contract.ts';
export * from './codec-contract.ts';
export * from './transport-contract.ts';
export * from './host-contract.ts';
export * from './echo-peer.ts';
