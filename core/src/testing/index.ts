export type * from './contract.ts';
export * from './codec-contract.ts';
export * from './transport-contract.ts';
export * from './host-contract.ts';
export * from './echo-peer.ts';
export * from './recorder-contract.ts';
export * from './sample-round.ts';
export * from './same-frame.ts';
export * from './controller-contract.ts';
