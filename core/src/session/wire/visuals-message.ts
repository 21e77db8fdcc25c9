import { z } from 'zod';
import { FarsimError } from '../../model/errors.ts';
import type { Tensor } from '../../model/tensor.ts';
import type { Visuals, VisualShape } from '../../model/visuals.ts';
import { wireLimits } from '../limits.ts';
import type { NamedTensor } from './layouts.ts';

const numbers = (count: number): z.ZodType<number[]> => z.array(z.number()).length(count);
const sizes = { box: 3, sphere: 1, capsule: 2, cylinder: 2, ellipsoid: 3, plane: 2, mesh: 0 } as const;
const arrayReference = z.object({ $array: z.int().min(0) });

const scene = z.object({
  shapes: z.array(
    z
      .looseObject({
        body: z.string().min(1),
        name: z.string().optional(),
        type: z.enum(Object.keys(sizes) as [keyof typeof sizes, ...(keyof typeof sizes)[]]),
        size: z.array(z.number().nonnegative()).default([]),
        pos: numbers(3),
        quat: numbers(4),
        rgba: numbers(4),
        vertices: arrayReference.optional(),
        indices: arrayReference.optional(),
      })
      .refine(({ type, size }) => type === 'mesh' || size.length === sizes[type], 'size has another length')
      .refine(
        ({ type, vertices, indices }) => (type === 'mesh') === Boolean(vertices && indices),
        'vertices and indices belong to meshes',
      ),
  ),
});

const longestValue = wireLimits.headerBytes / 2;

/**
 * A scene as the wire has it (docs/protocol.md): JSON with `{"$array": i}` for the tensors `array/<i>`; a shared tensor is sent once.
 * JSON that is long for a header is the tensor `scene`.
 */
export function visualsToMessage(visuals: Visuals): { value: string; tensors: NamedTensor[] } {
  const numbersOf = new Map<Tensor, number>();
  const reference = (tensor: Tensor | undefined): { $array: number } | undefined => {
    if (!tensor) return undefined;
    if (!numbersOf.has(tensor)) numbersOf.set(tensor, numbersOf.size);
    return { $array: numbersOf.get(tensor)! };
  };
  const shapes = visuals.shapes.map((shape) => ({
    ...shape,
    vertices: reference(shape.vertices),
    indices: reference(shape.indices),
  }));
  const value = JSON.stringify({ shapes });
  const tensors: NamedTensor[] = Array.from(numbersOf, ([tensor, i]) => ({ name: `array/${i}`, tensor }));
  const text = Buffer.from(value);
  if (text.length <= longestValue) return { value, tensors };
  const json: Tensor = { dtype: 'u8', shape: [text.length], data: new Uint8Array(text) };
  return { value: '', tensors: [{ name: 'scene', tensor: json, open: true }, ...tensors] };
}

/** Reads what {@link visualsToMessage} wrote. Throws DECODE_FAILED for what is no scene, with the place in it. */
export function visualsFromMessage(value: string, tensors: ReadonlyMap<string, Tensor>): Visuals {
  const text = tensors.get('scene')?.data as Uint8Array | undefined;
  const parsed = scene.safeParse(parse(text ? Buffer.from(text).toString() : value));
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw new FarsimError('DECODE_FAILED', `the far scene's ${path.join('.') || 'shapes'}: ${message}`);
  }
  const shapes = parsed.data.shapes.map(({ vertices, indices, ...shape }, i) => {
    if (!vertices || !indices) return shape as unknown as VisualShape;
    const [points, corners] = [vertices, indices].map(({ $array }) => tensors.get(`array/${$array}`));
    requireMesh(i, points, corners);
    return { ...shape, vertices: points, indices: corners } as unknown as VisualShape;
  });
  return { shapes };
}

function requireMesh(shape: number, vertices: Tensor | undefined, indices: Tensor | undefined): void {
  const triples = (tensor: Tensor | undefined, dtypes: readonly Tensor['dtype'][]): boolean =>
    tensor?.shape.length === 2 && tensor.shape[1] === 3 && dtypes.includes(tensor.dtype);
  if (!triples(vertices, ['f32', 'f64']) || !triples(indices, ['u32', 'i32', 'u16', 'i16', 'u8']))
    throw new FarsimError(
      'DECODE_FAILED',
      `the far scene's shape ${shape}: a mesh is [V, 3] f32 or f64, and [T, 3] whole numbers up to 32 bits`,
    );
  if (!vertices!.data.every(Number.isFinite))
    throw new FarsimError('DECODE_FAILED', `the far scene's shape ${shape} has vertices that are not finite`);
  const count = vertices!.shape[0]!;
  for (const corner of indices!.data) {
    if (corner < 0 || corner >= count)
      throw new FarsimError(
        'DECODE_FAILED',
        `the far scene's shape ${shape} names vertex ${corner} of ${count}`,
      );
  }
}

function parse(value: string): unknown {
  try {
    return JSON.parse(value) as unknown;
  } catch (cause) {
    throw new FarsimError('DECODE_FAILED', "the far scene's shapes are no JSON", { cause });
  }
}
