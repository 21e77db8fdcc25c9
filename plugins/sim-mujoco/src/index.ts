export { default as mujocoNative } from './native.ts';
export { default } from './mujoco.ts';
