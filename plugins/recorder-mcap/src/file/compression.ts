import { FarsimError } from '@farsim/core/worker';
import * as zlib from 'node:zlib';

const fastestLevel = 1;

/** zstd at its fastest level; stored as it is where the runtime has no zstd (Node before 22.15). */
export function compressChunk(records: Uint8Array): { compression: string; records: Uint8Array } {
  if (typeof zlib.zstdCompressSync !== 'function') return { compression: '', records };
  const params = { [zlib.constants.ZSTD_c_compressionLevel]: fastestLevel };
  return { compression: 'zstd', records: zlib.zstdCompressSync(records, { params }) };
}

/** What @mcap/core calls for compressed chunks. Throws UNSUPPORTED where the runtime has no zstd. */
export const decompressHandlers = {
  zstd(records: Uint8Array, size: bigint): Uint8Array {
    if (typeof zlib.zstdDecompressSync !== 'function') {
      throw new FarsimError(
        'UNSUPPORTED',
        `this recording is compressed with zstd, which Node ${process.versions.node} cannot read`,
        {
          suggestions: ['read it with Node 22.15 or newer: `npx farsim` brings its own'],
        },
      );
    }
    return zlib.zstdDecompressSync(records, { maxOutputLength: Number(size) });
  },
};
