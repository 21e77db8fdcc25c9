import { expect, test } from 'vitest';
import { f32, type Tensor } from '../src/model/tensor.ts';
import type { Visuals } from '../src/model/visuals.ts';
import { visualsFromMessage, visualsToMessage } from '../src/session/wire/visuals-message.ts';

const corners = f32([0, 0, 0, 1, 0, 0, 0, 1, 0], [3, 3]);
const triangle: Tensor = { dtype: 'u32', shape: [1, 3], data: Uint32Array.of(0, 1, 2) };

function meshOf(vertices: Tensor, indices: Tensor): Visuals {
  const place = { pos: [0, 0, 0], quat: [1, 0, 0, 0], rgba: [1, 1, 1, 1] } as const;
  return { shapes: [{ body: 'world', type: 'mesh', size: [], ...place, vertices, indices }] };
}

function sent(visuals: Visuals): Visuals {
  const { value, tensors } = visualsToMessage(visuals);
  return visualsFromMessage(value, new Map(tensors.map(({ name, tensor }) => [name, tensor])));
}

test('a scene comes as it was sent', () => {
  expect(sent(meshOf(corners, triangle))).toEqual(meshOf(corners, triangle));
});

test('a scene of 5000 shapes leaves the header free', () => {
  const place = { pos: [0, 0, 0], quat: [1, 0, 0, 0], rgba: [1, 1, 1, 1] } as const;
  const shapes = Array.from({ length: 5000 }, (_, i) => ({
    body: 'world',
    name: `stack/box ${i}`,
    type: 'box',
    size: [1, 2, 3],
    ...place,
  }));
  const visuals = { shapes } as unknown as Visuals;
  expect(visualsToMessage(visuals).value).toBe('');
  expect(sent(visuals)).toEqual(visuals);
});

test.each([
  ['a corner that is not there', corners, { ...triangle, data: Uint32Array.of(0, 1, 3) }],
  ['corners that are no whole numbers', corners, f32([0, 1, NaN], [1, 3])],
  ['vertices that are nowhere', f32([0, 0, 0, 1, 0, 0, 0, NaN, 0], [3, 3]), triangle],
  ['vertices in a plane', f32([0, 0, 1, 0, 0, 1], [3, 2]), triangle],
])('a mesh with %s is DECODE_FAILED', (_, vertices, indices) => {
  expect(() => sent(meshOf(vertices, indices as Tensor))).toThrow(
    expect.objectContaining({ code: 'DECODE_FAILED' }) as Error,
  );
});
