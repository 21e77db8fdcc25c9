import { expect, test } from 'vitest';
import {
  angleBetween,
  invertQuaternion,
  multiplyQuaternions,
  rotateVector,
  slerp,
  type Quaternion,
} from '../src/model/rotation.ts';

const about = ([x, y, z]: readonly number[], angle: number): Quaternion => {
  const s = Math.sin(angle / 2);
  return [Math.cos(angle / 2), x! * s, y! * s, z! * s];
};
const closeTo = (actual: readonly number[], expected: readonly number[]): void =>
  actual.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 12));

test('a quarter turn about Z takes X to Y', () => {
  closeTo(rotateVector(about([0, 0, 1], Math.PI / 2), [1, 0, 0]), [0, 1, 0]);
});

test('a product turns by the right factor first', () => {
  const [a, b] = [about([0, 0, 1], 0.7), about([1, 0, 0], -0.4)];
  closeTo(rotateVector(multiplyQuaternions(a, b), [1, 2, 3]), rotateVector(a, rotateVector(b, [1, 2, 3])));
  closeTo(multiplyQuaternions(a, invertQuaternion(a)), [1, 0, 0, 0]);
});

test('the angle between rotations does not see the sign of a quaternion', () => {
  const [a, b] = [about([0, 1, 0], 0.2), about([0, 1, 0], 1.3)];
  expect(angleBetween(a, b)).toBeCloseTo(1.1, 12);
  expect(angleBetween(a, b.map((value) => -value) as unknown as Quaternion)).toBeCloseTo(1.1, 12);
  expect(angleBetween(a, a)).toBe(0);
});

test('slerp goes the shorter way at constant speed', () => {
  const [a, b] = [about([0, 0, 1], 0.1), about([0, 0, 1], 2.1)];
  const flipped = b.map((value) => -value) as unknown as Quaternion;
  for (const t of [0, 0.25, 0.5, 1]) closeTo(slerp(a, flipped, t), about([0, 0, 1], 0.1 + 2 * t));
  closeTo(slerp(a, a, 0.3), a);
});
