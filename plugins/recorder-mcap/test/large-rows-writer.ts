/** A program with nothing else to wait for: records 30 rows of 16 MiB into the folder that its argument names, closes, and says so. */
import { bareFrame, sampleHeader } from '@farsim/core/testing';
import { openRunRecorder } from '@farsim/recorder-mcap';

const pixels = new Uint8Array(16 << 20);
const [width, height] = [4096, pixels.length / 4096 / 4];
const images = [{ camera: 'front', env: 0, encoding: 'png' as const, width, height, data: pixels }];
{
  await using recorder = await openRunRecorder({ folder: process.argv[2]! });
  await recorder.begin(sampleHeader(0));
  for (let row = 0; row < 30; row++)
    await recorder.write({ ...bareFrame(row, Int32Array.of(0, 1, 2)), images }, undefined);
  await recorder.end({ episodes: [], reason: 'finished' });
}
process.stdout.write('closed\n');
