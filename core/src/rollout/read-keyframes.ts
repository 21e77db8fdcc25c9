import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { FarsimError } from '../model/errors.ts';

const keyframe = z
  .object({
    time: z.number().min(0).describe('Seconds since the episode began.'),
    ctrl: z.union([z.array(z.number()), z.record(z.string(), z.number())]).optional(),
    targets: z.record(z.string(), z.number()).optional(),
    name: z.string().optional(),
  })
  .strict()
  .refine(
    ({ ctrl, targets }) => ctrl !== undefined || targets !== undefined,
    'a keyframe needs `ctrl` or `targets`',
  );

const keyframes = z.array(keyframe).min(1);

/** A time and the numbers to be reached then: the whole action in order, or some of it by name. */
export interface Keyframe {
  readonly time: number;
  readonly values: readonly number[] | Readonly<Record<string, number>>;
}

/** Reads a YAML list of `{ time, ctrl: [numbers] | { name: number }, targets: { name: number } }`, alone or under `keyframes:`. Throws FILE_NOT_FOUND or CONFIG_INVALID. */
export function readKeyframes(file: string): Keyframe[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new FarsimError('FILE_NOT_FOUND', `keyframes: ${file} cannot be read`, { cause: error });
  }
  const document = parseDocument(text, { version: '1.2', schema: 'core' });
  const fault = document.errors[0];
  if (fault) throw new FarsimError('CONFIG_INVALID', `${file}: ${fault.message.split('\n')[0]}`);
  const content = document.toJS({ maxAliasCount: 100 }) as { keyframes?: unknown } | unknown[] | null;
  const result = keyframes.safeParse(Array.isArray(content) ? content : content?.keyframes);
  if (!result.success) {
    const { path, message } = result.error.issues[0]!;
    throw new FarsimError(
      'CONFIG_INVALID',
      `${file}: keyframes${path.map((step) => `[${String(step)}]`).join('')}: ${message}`,
    );
  }
  const read = result.data.map(({ time, ctrl, targets }) => ({
    time,
    values: Array.isArray(ctrl) ? ctrl : { ...ctrl, ...targets },
  }));
  const late = read.findIndex(({ time }, i) => i > 0 && time <= read[i - 1]!.time);
  if (late > 0)
    throw new FarsimError('CONFIG_INVALID', `${file}: keyframe ${late} is not later than the one before it`);
  return read;
}
