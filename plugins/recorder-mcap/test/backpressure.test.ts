import { bareFrame, sampleHeader } from '@farsim/core/testing';
import type { Frame } from '@farsim/core';
import { expect, test } from 'vitest';
import { openRecording } from '../src/mcap-recording.ts';
import { openRunRecorder } from '../src/run-recorder.ts';
import { temporaryFolder } from './temporary-folder.ts';

const [width, height] = [1024, 683];
const pixels = new Uint8Array(width * height * 3).map((_, i) => (i * 2654435761) >>> 24);
const rows = 150;

function pictureFrame(row: number): Frame {
  const image = { camera: 'front', env: 0, encoding: 'raw' as const, width, height, data: pixels };
  return { ...bareFrame(row, Int32Array.of(0, 1, 2)), images: [image] };
}

test('rows that come faster than they can be written wait, and memory stays bounded', async () => {
  const folder = temporaryFolder();
  {
    await using recorder = await openRunRecorder({ folder });
    await recorder.begin(sampleHeader(0));
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    for (let row = 0; row < rows; row++) {
      await recorder.write(pictureFrame(row), undefined);
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    // 315 MB pass through 32 MiB in flight; the rest is the writer's copies that wait to be collected
    expect(most / 1e6).toBeLessThan(180);
    await recorder.end({ episodes: [], reason: 'finished' });
  }
  await using recording = await openRecording(folder);
  let next = 0;
  for await (const { row, frame } of recording.rows(0)) {
    expect(row).toBe(next++);
    expect(Buffer.compare(frame.images![0]!.data, pixels)).toBe(0);
  }
  expect(next).toBe(rows);
});
