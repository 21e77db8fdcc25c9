import type { FarInterpreter } from '@farsim/core';

/** The simulators of an interpreter in words, Isaac Lab's with what it renders and simulates by: `isaaclab 2.3.0, isaacsim 5.1.0 (with Kit)`. */
export function describeSimulators({ packages }: FarInterpreter): string {
  const { imageio: _, ...simulators } = packages;
  const named = Object.entries(simulators).map(([name, version]) => `${name}${version ? ` ${version}` : ''}`);
  const { isaaclab, isaacsim } = packages;
  if (isaaclab === undefined) return named.join(', ');
  return `${named.join(', ')} (${isaacsim === undefined ? 'kit-less' : 'with Kit'})`;
}

/** An interpreter, as `python:` takes it, with its simulators. */
export function describeInterpreter(interpreter: FarInterpreter): string {
  const { python, version, newEnough } = interpreter;
  const old = newEnough ? '' : ', too old for farsim';
  return `${python} (Python ${version}${old}): ${describeSimulators(interpreter)}`;
}

/** True when it has a simulator. */
export function hasSimulator({ packages }: FarInterpreter): boolean {
  return Object.keys(packages).some((name) => name !== 'imageio');
}
