import type { Quaternion } from '@farsim/core';

/** The rotation of a matrix of nine numbers, row after row (Shepperd's method: the largest component is found first). */
export function quaternionOfMatrix(m: ArrayLike<number>): Quaternion {
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = Array.from(m) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const squares = [1 + xx + yy + zz, 1 + xx - yy - zz, 1 - xx + yy - zz, 1 - xx - yy + zz];
  const largest = squares.indexOf(Math.max(...squares));
  const twice = Math.sqrt(squares[largest]!);
  const sums: readonly Quaternion[] = [
    [twice * twice, zy - yz, xz - zx, yx - xy],
    [zy - yz, twice * twice, xy + yx, zx + xz],
    [xz - zx, xy + yx, twice * twice, yz + zy],
    [yx - xy, zx + xz, yz + zy, twice * twice],
  ];
  return sums[largest]!.map((value) => value / (2 * twice)) as unknown as Quaternion;
}
