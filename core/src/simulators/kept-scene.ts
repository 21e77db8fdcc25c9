import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { FarsimError } from '../model/errors.ts';
import { dtypes, tensorBytes, viewElements, type Dtype, type Tensor } from '../model/tensor.ts';
import type { Visuals } from '../model/visuals.ts';
import { visualsFromMessage, visualsToMessage } from '../session/wire/visuals-message.ts';

/** The file in a run's folder that holds the scene of a simulator without a model. */
export const sceneFile = 'visuals.json';

interface KeptArray {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly base64: string;
}

/** A scene as the text of a file: what goes over the wire, arrays as base64. */
export function writeScene(visuals: Visuals): string {
  const { value, tensors } = visualsToMessage(visuals);
  const arrays = tensors.map(({ name, tensor }): KeptArray => {
    const { dtype, shape } = tensor;
    return { name, dtype, shape, base64: Buffer.from(tensorBytes(tensor)).toString('base64') };
  });
  return JSON.stringify({ scene: value, arrays });
}

/** Reads the scene that a run keeps; undefined where it keeps none. Throws RECORDING_INVALID. */
export async function readScene(run: string): Promise<Visuals | undefined> {
  const file = path.join(run, sceneFile);
  if (!existsSync(file)) return undefined;
  try {
    const { scene, arrays } = JSON.parse(await readFile(file, 'utf8')) as {
      readonly scene: string;
      readonly arrays: readonly KeptArray[];
    };
    return visualsFromMessage(scene, new Map(arrays.map((array) => [array.name, tensorOf(array)])));
  } catch (cause) {
    throw new FarsimError('RECORDING_INVALID', `${file} is not the scene of a simulator`, { cause });
  }
}

function tensorOf({ dtype, shape, base64 }: KeptArray): Tensor {
  if (!dtypes.includes(dtype)) throw new FarsimError('DECODE_FAILED', `${String(dtype)} is no dtype`);
  // a copy of its own begins where every element may
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  return { dtype, shape, data: viewElements(dtype, bytes.buffer, 0, bytes.length) };
}
