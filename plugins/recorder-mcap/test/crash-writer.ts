/**
 * A program to be killed: records rows without end into the folder that its first argument names, and prints the mark after
 * every tenth. With a second argument it stops at the first error, prints its code, and copies the folder there.
 */
import { isFarsimError } from '@farsim/core';
import { sampleAction, sampleFrame, sampleHeader } from '@farsim/core/testing';
import { openRunRecorder } from '@farsim/recorder-mcap';
import { cpSync, existsSync } from 'node:fs';

const [folder = '', copyTo] = process.argv.slice(2);
try {
  await using recorder = await openRunRecorder({ folder });
  await recorder.begin(sampleHeader(0));
  for (let row = 0; ; row++) {
    await recorder.write(sampleFrame(row), row === 0 ? undefined : sampleAction(row));
    if (row % 10 === 9) process.stdout.write(`mark ${(await recorder.durable()).row}\n`);
    else if (row % 3 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
} catch (error) {
  if (copyTo === undefined || !isFarsimError(error)) throw error;
  process.stdout.write(`failed ${error.code}\n`);
  cpSync(folder, copyTo, { recursive: true, filter: (file) => existsSync(file) });
}
