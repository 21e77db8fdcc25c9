/** Element types that arrays keep from their source all the way to the file; `bool` is one byte, 0 or 1. */
export const dtypes = ['f16', 'f32', 'f64', 'i8', 'i16', 'i32', 'i64', 'u8', 'u16', 'u32', 'bool'] as const;
export type Dtype = (typeof dtypes)[number];

/** What holds a tensor's elements. `f16` travels as its bits in a Uint16Array: not every supported runtime has a half type. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array;

/** A dense array in C order. `data` may view memory that others hold: treat it as read-only. */
export interface Tensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly data: TypedArray;
}

const itemSizes: Readonly<Record<Dtype, number>> = {
  f16: 2,
  f32: 4,
  f64: 8,
  i8: 1,
  i16: 2,
  i32: 4,
  i64: 8,
  u8: 1,
  u16: 2,
  u32: 4,
  bool: 1,
};

/** Bytes of one element. */
export function itemSize(dtype: Dtype): number {
  return itemSizes[dtype];
}

/** Number of elements of a shape; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  let count = 1;
  for (const length of shape) count *= length;
  return count;
}

/** Views `byteLength` bytes of `buffer` from `byteOffset` as elements of `dtype`, without a copy; the offset must be a multiple of the element's size. */
export function viewElements(
  dtype: Dtype,
  buffer: ArrayBufferLike,
  byteOffset: number,
  byteLength: number,
): TypedArray {
  const length = byteLength / itemSizes[dtype];
  switch (dtype) {
    case 'f32':
      return new Float32Array(buffer, byteOffset, length);
    case 'f64':
      return new Float64Array(buffer, byteOffset, length);
    case 'i8':
      return new Int8Array(buffer, byteOffset, length);
    case 'i16':
      return new Int16Array(buffer, byteOffset, length);
    case 'i32':
      return new Int32Array(buffer, byteOffset, length);
    case 'i64':
      return new BigInt64Array(buffer, byteOffset, length);
    case 'u8':
    case 'bool':
      return new Uint8Array(buffer, byteOffset, length);
    case 'f16':
    case 'u16':
      return new Uint16Array(buffer, byteOffset, length);
    case 'u32':
      return new Uint32Array(buffer, byteOffset, length);
  }
}

/** The tensor's bytes, viewed, not copied. */
export function tensorBytes(tensor: Tensor): Uint8Array {
  const { data } = tensor;
  return data instanceof Uint8Array ? data : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Makes an `f64` tensor; without a shape it is a vector. */
export function f64(values: ArrayLike<number>, shape: readonly number[] = [values.length]): Tensor {
  return { dtype: 'f64', shape, data: values instanceof Float64Array ? values : Float64Array.from(values) };
}

/** Makes an `f32` tensor; without a shape it is a vector. */
export function f32(values: ArrayLike<number>, shape: readonly number[] = [values.length]): Tensor {
  return { dtype: 'f32', shape, data: values instanceof Float32Array ? values : Float32Array.from(values) };
}

/** Copies a tensor's elements as numbers; an `i64` beyond 2^53 loses precision, an `f16` is widened. */
export function toNumbers(tensor: Tensor): Float64Array {
  if (tensor.dtype === 'f16') return Float64Array.from(tensor.data as Uint16Array, halfToNumber);
  return Float64Array.from(tensor.data as ArrayLike<number>, Number);
}

/** The value of an IEEE 754 half-precision number given by its bits. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Picks rows of the first axis into a new tensor, in the given order. */
export function takeRows(tensor: Tensor, rows: ArrayLike<number>): Tensor {
  const rowLength = elementCount(tensor.shape.slice(1));
  const size = itemSize(tensor.dtype);
  const source = tensorBytes(tensor);
  const target = new Uint8Array(rows.length * rowLength * size);
  for (let i = 0; i < rows.length; i++) {
    const start = rows[i]! * rowLength * size;
    target.set(source.subarray(start, start + rowLength * size), i * rowLength * size);
  }
  return {
    dtype: tensor.dtype,
    shape: [rows.length, ...tensor.shape.slice(1)],
    data: viewElements(tensor.dtype, target.buffer, 0, target.byteLength),
  };
}

/** True when both have the same dtype, shape and bytes; NaN equals NaN of the same bits. */
/** The same values in memory of their own. */
export function copyTensor({ dtype, shape, data }: Tensor): Tensor {
  return { dtype, shape: [...shape], data: data.slice() } as Tensor;
}

export function tensorsEqual(a: Tensor, b: Tensor): boolean {
  if (a.dtype !== b.dtype || a.shape.length !== b.shape.length) return false;
  if (a.shape.some((length, axis) => length !== b.shape[axis])) return false;
  return Buffer.compare(tensorBytes(a), tensorBytes(b)) === 0;
}
