import type { Pixels } from '@farsim/core';

/** Grey, one level a centimetre: white from 2.55 m on, black where there is nothing. */
export function depthPicture(depth: Float32Array, width: number): Pixels {
  return picture(depth.length, width, (i) => {
    const level = Math.min(255, Math.round(depth[i]! * 100));
    return [level, level, level];
  });
}

/** A colour for each geom's number, black where there is none. */
export function geomPicture(geoms: Int32Array, width: number): Pixels {
  return picture(geoms.length, width, (i) => {
    const geom = geoms[i]!;
    return geom < 0 ? [0, 0, 0] : [(90 + geom * 97) % 256, (60 + geom * 57) % 256, (200 + geom * 31) % 256];
  });
}

function picture(count: number, width: number, colour: (i: number) => readonly number[]): Pixels {
  const data = new Uint8Array(count * 3);
  for (let i = 0; i < count; i++) data.set(colour(i), i * 3);
  return { width, height: count / width, channels: 3, data };
}
