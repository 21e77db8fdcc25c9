import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { encodePng, type Pixels } from '@farsim/core';
import { readPng } from './read-png.ts';

/** Mean error of a channel, and the share of pixels that have a channel more than 24 off, of 255. */
export interface Difference {
  readonly mean: number;
  readonly off: number;
}

/** What another processor or another Node may change: rounding at edges. */
const allowed: Difference = { mean: 1.5, off: 0.005 };
const farOff = 24;

const redraw = process.env['FARSIM_DRAW_GOLDENS'] !== undefined;

/** Compares with `<name>.png` beside this file, or writes it when goldens are drawn anew. Throws with the two files' names. */
export function requireGolden(name: string, drawn: Pixels): void {
  const file = path.join(import.meta.dirname, `${name}.png`);
  if (redraw) {
    writeFileSync(file, encodePng(drawn));
    return;
  }
  const difference = differenceOf(drawn, readGolden(name));
  if (isAllowed(difference)) return;
  const kept = path.join(mkdtempSync(path.join(os.tmpdir(), 'farsim-golden-')), `${name}.png`);
  writeFileSync(kept, encodePng(drawn));
  throw new Error(
    `${name}: mean error ${difference.mean.toFixed(2)} and ${(100 * difference.off).toFixed(2)} % of pixels far off; ` +
      `drawn: ${kept}, golden: ${file}; if it is meant to look so, run: npm run draw-goldens`,
  );
}

export function readGolden(name: string): Pixels {
  return readPng(readFileSync(path.join(import.meta.dirname, `${name}.png`)));
}

/** Infinite when the sizes differ. */
export function differenceOf(a: Pixels, b: Pixels): Difference {
  if (a.width !== b.width || a.height !== b.height) return { mean: Infinity, off: 1 };
  let [sum, off] = [0, 0];
  for (let i = 0; i < a.data.length; i += 3) {
    let worst = 0;
    for (let k = i; k < i + 3; k++) {
      const error = Math.abs(a.data[k]! - b.data[k]!);
      sum += error;
      worst = Math.max(worst, error);
    }
    if (worst > farOff) off++;
  }
  return { mean: sum / a.data.length, off: (off * 3) / a.data.length };
}

export function isAllowed({ mean, off }: Difference): boolean {
  return mean <= allowed.mean && off <= allowed.off;
}
