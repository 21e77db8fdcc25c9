import type { Size } from './painter.ts';

const background = 24;

/** Puts pictures of one size in rows of `columns`, `gap` pixels apart on dark grey; a missing picture stays grey. */
export function tilePictures(
  pictures: readonly (Uint8Array | undefined)[],
  cell: Size,
  columns: number,
  gap: number,
): Size & { readonly data: Uint8Array } {
  const rows = Math.ceil(pictures.length / columns);
  const width = columns * cell.width + (columns - 1) * gap;
  const height = rows * cell.height + (rows - 1) * gap;
  const data = new Uint8Array(width * height * 3).fill(background);
  for (const [index, picture] of pictures.entries()) {
    if (!picture) continue;
    const left = (index % columns) * (cell.width + gap);
    const top = Math.floor(index / columns) * (cell.height + gap);
    for (let y = 0; y < cell.height; y++) {
      const line = picture.subarray(y * cell.width * 3, (y + 1) * cell.width * 3);
      data.set(line, ((top + y) * width + left) * 3);
    }
  }
  return { width, height, data };
}
