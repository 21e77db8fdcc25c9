export type * from './contract.ts';
export * from './codec-contract.ts';
