import { cellHeight, cellWidth, isInked } from './font.ts';

const ink = [255, 255, 255] as const;
const shade = 0.45;

/** Writes lines at the top left of a picture, white on a darkened panel, with rounded letters of a size that suits the picture. */
export function drawText(pixels: Uint8Array, width: number, height: number, lines: readonly string[]): void {
  const longest = Math.max(0, ...lines.map((line) => line.length));
  if (longest === 0) return;
  const scale = Math.max(1, Math.round(height / 260));
  const margin = 4 * scale;
  const right = Math.min(width, 2 * margin + longest * cellWidth * scale + margin);
  const bottom = Math.min(height, 2 * margin + lines.length * cellHeight * scale + margin);
  for (let y = margin; y < bottom; y++) {
    for (let x = margin; x < right; x++) {
      const at = (y * width + x) * 3;
      const cover = coverage(lines, (x + 0.5 - 2 * margin) / scale, (y + 0.5 - 2 * margin) / scale);
      for (let k = 0; k < 3; k++) {
        const dark = pixels[at + k]! * (1 - shade);
        pixels[at + k] = Math.round(dark + (ink[k]! - dark) * cover);
      }
    }
  }
}

/** How much of a place in the text, counted in dots of the font, is inked: dots are mixed with their neighbours and cut at the middle, which rounds corners. */
function coverage(lines: readonly string[], x: number, y: number): number {
  const [left, top] = [Math.floor(x - 0.5), Math.floor(y - 0.5)];
  const [fx, fy] = [x - 0.5 - left, y - 0.5 - top];
  const dot = (column: number, row: number): number => (isDot(lines, column, row) ? 1 : 0);
  const mixed =
    (dot(left, top) * (1 - fx) + dot(left + 1, top) * fx) * (1 - fy) +
    (dot(left, top + 1) * (1 - fx) + dot(left + 1, top + 1) * fx) * fy;
  return Math.min(1, Math.max(0, (mixed - 0.25) / 0.5));
}

function isDot(lines: readonly string[], column: number, row: number): boolean {
  if (column < 0 || row < 0) return false;
  const character = lines[Math.floor(row / cellHeight)]?.[Math.floor(column / cellWidth)];
  return character !== undefined && isInked(character, column % cellWidth, row % cellHeight);
}
