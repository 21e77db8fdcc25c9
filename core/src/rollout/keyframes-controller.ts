import path from 'node:path';
import { z } from 'zod';
import { FarsimError, didYouMean } from '../model/errors.ts';
import type { WorldSpec } from '../model/world-spec.ts';
import type { Controller } from '../ports/controller.ts';
import { definePlugin } from '../ports/plugin.ts';
import { actionElements, buildAction, clampTo, namedElements } from './action-space.ts';
import { readKeyframes, type Keyframe } from './read-keyframes.ts';
import { begun } from './zero-controller.ts';

/** One number's values over time. */
type Track = { readonly time: number; readonly value: number }[];

/**
 * Follows keyframes by each env's own time, linearly between them and still before the first and after the last. A number
 * that a keyframe leaves out goes straight on to the next that has it; one that none has stays 0. Begins with BAD_ARGUMENT
 * when a name or a length does not fit the action space.
 */
export function createKeyframesController(keyframes: readonly Keyframe[]): Controller {
  let world: WorldSpec | undefined;
  let valueAt: (element: number, time: number) => number = () => 0;
  return {
    begin: async (spec) => {
      world = spec;
      const elements = actionElements(spec);
      const tracks = tracksOf(keyframes, spec, elements.length);
      valueAt = (i, time) => clampTo(elements[i]!, interpolate(tracks[i]!, time));
    },
    act: async (frame) =>
      buildAction(begun(world), frame.envs.length, (row, i) => valueAt(i, frame.time[row]!)),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function tracksOf(keyframes: readonly Keyframe[], spec: WorldSpec, count: number): Track[] {
  const places = namedElements(spec);
  const tracks = Array.from({ length: count }, (): Track => []);
  for (const { time, values } of keyframes) {
    if (Array.isArray(values)) {
      if (values.length !== count) {
        throw new FarsimError(
          'BAD_ARGUMENT',
          `the keyframe at ${time} s has ${values.length} numbers; an action has ${count}`,
        );
      }
      values.forEach((value: number, i) => tracks[i]!.push({ time, value }));
      continue;
    }
    for (const [name, value] of Object.entries(values)) {
      const range = places.get(name);
      if (!range) throw unknownName(name, time, [...places.keys()]);
      for (const i of range) tracks[i]!.push({ time, value });
    }
  }
  return tracks;
}

function interpolate(track: Track, time: number): number {
  const next = track.findIndex((point) => point.time >= time);
  if (track.length === 0) return 0;
  if (next < 0) return track.at(-1)!.value;
  const to = track[next]!;
  const from = track[next - 1];
  if (!from) return to.value;
  return from.value + ((to.value - from.value) * (time - from.time)) / (to.time - from.time);
}

function unknownName(name: string, time: number, known: readonly string[]): FarsimError {
  const list =
    known.length > 0
      ? `; it has ${known.join(', ')}`
      : '; the simulator gives its numbers no names, so write `ctrl` as a list';
  return new FarsimError(
    'BAD_ARGUMENT',
    `the keyframe at ${time} s names '${name}', which the action has not${list}`,
    {
      suggestions: didYouMean(name, known),
    },
  );
}

export const keyframesController = definePlugin({
  kind: 'controller',
  name: 'keyframes',
  summary: 'Follows keyframes of a YAML file, by actuator or joint name.',
  support: 'in CI',
  config: z.object({ file: z.string().describe('YAML: a list of { time, ctrl | targets }.') }).strict(),
  reads: ({ file }) => ({ file }),
  check: ({ file }, folder) => void readKeyframes(path.resolve(folder, file)),
  open: async ({ file }, { folder }) => createKeyframesController(readKeyframes(path.resolve(folder, file))),
});
