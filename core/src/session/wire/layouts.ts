import { FarsimError } from '../../model/errors.ts';
import type { Block, Layout, Sendable } from '../../model/messages.ts';
import { Dtype as WireDtype } from '../../model/messages.ts';
import {
  dtypes,
  elementCount,
  itemSize,
  tensorBytes,
  viewElements,
  type Dtype,
  type Tensor,
} from '../../model/tensor.ts';
import { align, requireZeros } from './frame-format.ts';
import { openDimension, wireLimits } from '../limits.ts';

/** A tensor under its wire name; `open` marks a first dimension that changes from block to block. */
export interface NamedTensor {
  readonly name: string;
  readonly tensor: Tensor;
  readonly open?: boolean;
}

export interface WrittenBlock {
  readonly block: Sendable<Block>;
  /** To be sent in a frame of its own before the block, when the layout is new. */
  readonly layout: Sendable<Layout> | undefined;
}

const wireCodes = dtypes.map((dtype) => WireDtype[dtype]);
const dtypeCode = Object.fromEntries(dtypes.map((dtype, i) => [dtype, wireCodes[i]!])) as Record<
  Dtype,
  number
>;
const dtypeOfCode = new Map(dtypes.map((dtype, i) => [wireCodes[i]!, dtype]));

/** The number that stands for a dtype on the wire and in the ledger. */
export function wireDtype(dtype: Dtype): number {
  return dtypeCode[dtype];
}

/** Names the layouts of one sender. */
export class LayoutWriter {
  readonly #ids = new Map<string, number>();
  readonly #named: Sendable<Layout>[] = [];
  #last: { readonly tensors: readonly NamedTensor[]; readonly id: number } | undefined;

  /** All layouts so far: a new connection is told them before the first frame that uses one. */
  get named(): readonly Sendable<Layout>[] {
    return this.#named;
  }

  /** Chooses the block's layout and pushes its payloads. */
  write(tensors: readonly NamedTensor[], payloads: Uint8Array[], info = '', finalInfo = ''): WrittenBlock {
    if (tensors.length === 0) return { block: { info, finalInfo }, layout: undefined };
    const lengths: number[] = [];
    for (const { tensor, open } of tensors) {
      payloads.push(tensorBytes(tensor));
      if (open) lengths.push(tensor.shape[0]!);
    }
    if (this.#last && sameLayout(this.#last.tensors, tensors)) {
      return { block: { layout: this.#last.id, lengths, info, finalInfo }, layout: undefined };
    }
    const signature = tensors.map(signatureOf).join('\n');
    let id = this.#ids.get(signature);
    let layout: Sendable<Layout> | undefined;
    if (id === undefined) {
      if (this.#ids.size >= wireLimits.liveLayouts) {
        throw new FarsimError(
          'LIMIT_EXCEEDED',
          `more than ${wireLimits.liveLayouts} layouts of arrays in one session`,
          {
            suggestions: ['keep the shapes and names of observations and info the same from step to step'],
          },
        );
      }
      requireDescribable(tensors);
      id = this.#named.length + 1;
      this.#ids.set(signature, id);
      layout = { id, tensors: tensors.map(describe) };
      this.#named.push(layout);
    }
    this.#last = { tensors, id };
    return { block: { layout: id, lengths, info, finalInfo }, layout };
  }
}

/** Throws LIMIT_EXCEEDED for what the other side would close the connection at. */
function requireDescribable(tensors: readonly NamedTensor[]): void {
  if (tensors.length > wireLimits.tensorsPerLayout) limit(`${tensors.length} arrays in one message`);
  for (const { name, tensor } of tensors) {
    if (Buffer.byteLength(name) > wireLimits.nameBytes)
      limit(`the name of ${Buffer.byteLength(name)} bytes that begins with '${name.slice(0, 40)}'`);
    if (tensor.shape.length > wireLimits.rank) limit(`'${name}' of rank ${tensor.shape.length}`);
  }
}

function signatureOf({ name, tensor, open }: NamedTensor): string {
  return `${name}|${tensor.dtype}|${open ? 'open,' : ''}${(open ? tensor.shape.slice(1) : tensor.shape).join()}`;
}

function sameLayout(a: readonly NamedTensor[], b: readonly NamedTensor[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    const left = a[i]!;
    const right = b[i]!;
    if (left.name !== right.name || left.open !== right.open || left.tensor.dtype !== right.tensor.dtype)
      return false;
    const shape = left.tensor.shape;
    const other = right.tensor.shape;
    if (shape.length !== other.length) return false;
    for (let axis = left.open ? 1 : 0; axis < shape.length; axis++)
      if (shape[axis] !== other[axis]) return false;
  }
  return true;
}

function describe({ name, tensor, open }: NamedTensor): { name: string; dtype: WireDtype; shape: number[] } {
  const shape = [...tensor.shape];
  if (open) shape[0] = openDimension;
  return { name, dtype: dtypeCode[tensor.dtype] as WireDtype, shape };
}

/** A layout as its receiver keeps it, checked once. */
export interface KnownLayout {
  readonly tensors: readonly {
    readonly name: string;
    readonly dtype: Dtype;
    readonly shape: readonly number[];
    readonly open: boolean;
    /** Bytes of the whole tensor, or of one row when the first dimension is open. */
    readonly bytes: number;
  }[];
  readonly openCount: number;
}

const emptyLayout: KnownLayout = { tensors: [], openCount: 0 };

/** The layouts that the other side has named on this connection. */
export class LayoutReader {
  readonly #layouts = new Map<number, KnownLayout>([[0, emptyLayout]]);

  /** Checks and keeps a layout. Throws DECODE_FAILED or LIMIT_EXCEEDED. */
  learn(layout: Layout): void {
    const { id, tensors } = layout;
    if (id === 0 || this.#layouts.has(id))
      throw new FarsimError('DECODE_FAILED', `layout ${id} is named twice`);
    if (this.#layouts.size > wireLimits.liveLayouts) limit(`more than ${wireLimits.liveLayouts} layouts`);
    if (tensors.length > wireLimits.tensorsPerLayout) limit(`${tensors.length} tensors in one layout`);
    const names = new Set<string>();
    const known = tensors.map(({ name, dtype: code, shape }) => {
      if (Buffer.byteLength(name) > wireLimits.nameBytes)
        limit(`a tensor's name of ${Buffer.byteLength(name)} bytes`);
      if (shape.length > wireLimits.rank) limit(`'${name}' has rank ${shape.length}`);
      if (names.has(name)) throw new FarsimError('DECODE_FAILED', `layout ${id} names '${name}' twice`);
      names.add(name);
      const dtype = dtypeOfCode.get(code)!;
      const open = shape[0] === openDimension;
      const row = open ? shape.slice(1) : shape;
      // a zero makes an array empty, not its other dimensions small: numpy views none over 2^63
      const extent = elementCount(row.filter((size) => size > 0)) * itemSize(dtype);
      if (extent > wireLimits.frameBytes) limit(`'${name}' has ${extent} bytes`);
      const bytes = elementCount(row) * itemSize(dtype);
      return { name, dtype, shape, open, bytes };
    });
    this.#layouts.set(id, { tensors: known, openCount: known.filter((tensor) => tensor.open).length });
  }

  /** The layout of a block. Throws DECODE_FAILED when it was never named. */
  get(id: number): KnownLayout {
    const layout = this.#layouts.get(id);
    if (!layout) throw new FarsimError('DECODE_FAILED', `layout ${id} was never named on this connection`);
    return layout;
  }

  /** Views the blocks' tensors in a received frame, in the order of their layouts. They must fill the frame exactly. */
  read(blocks: readonly Block[], bytes: Uint8Array, payloadOffset: number): Tensor[][] {
    // also an empty payload begins at a multiple of 8: where the header ends a frame, there is none
    let offset = align(payloadOffset);
    let end = payloadOffset;
    const read = blocks.map((block) => {
      const layout = this.get(block.layout);
      if (block.lengths.length !== layout.openCount) {
        throw new FarsimError(
          'DECODE_FAILED',
          `a block gives ${block.lengths.length} lengths where ${layout.openCount} are open`,
        );
      }
      let nextLength = 0;
      return layout.tensors.map(({ name, dtype, shape, open, bytes: size }): Tensor => {
        const length = open ? block.lengths[nextLength++]! : 0;
        const byteLength = open ? size * length : size;
        if (offset + byteLength > bytes.length) {
          throw new FarsimError(
            'DECODE_FAILED',
            `'${name}' needs ${byteLength} bytes at ${offset}, the frame has ${bytes.length}`,
          );
        }
        const data = viewElements(dtype, bytes.buffer, bytes.byteOffset + offset, byteLength);
        end = offset + byteLength;
        offset = align(end);
        requireZeros(bytes, end, Math.min(offset, bytes.length));
        return { dtype, shape: open ? [length, ...shape.slice(1)] : shape, data };
      });
    });
    if (end !== bytes.length)
      throw new FarsimError('DECODE_FAILED', `${bytes.length - end} bytes follow the last payload`);
    return read;
  }
}

function limit(what: string): never {
  throw new FarsimError('LIMIT_EXCEEDED', `${what}: over the limit`);
}
