import { recorderContract, recordingContract } from '@farsim/core/testing';
import { describe, test } from 'vitest';
import { openRecording } from '../src/mcap-recording.ts';
import { openRunRecorder } from '../src/run-recorder.ts';
import { temporaryFolder } from './temporary-folder.ts';

async function open() {
  const folder = temporaryFolder();
  return { recorder: await openRunRecorder({ folder }), read: () => openRecording(folder) };
}

describe('the MCAP recorder', () => {
  for (const { fact, check } of [...recorderContract(open), ...recordingContract(open)]) test(fact, check);
});
