import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { constants } from 'node:os';
import { OutputTail, type FarsimError } from '@farsim/core';
import { opensshError } from './openssh-errors.ts';
import type { OpensshMaster } from './openssh-master.ts';
import { programTag } from '../programs/program-tag.ts';
import type { FarSession, ProgramEnd } from '../ssh-client.ts';
import type { SshSettings } from '../config/ssh-settings.ts';

const saidBytes = 16 << 10;
const failedItself = 255;
/** A shell tells the signal that ended its program as 128 and the signal's number. */
const signalBase = 128;
const signalNames = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

/** The streams of an ssh that runs a program over a shared connection, and how it ended. */
export function opensshSession(
  child: ChildProcessWithoutNullStreams,
  master: OpensshMaster,
  settings: SshSettings,
): FarSession {
  const said = new OutputTail(saidBytes);
  child.stderr.on('data', (chunk: Uint8Array) => said.push(chunk));
  child.on('error', () => undefined);
  let loss: FarsimError | undefined;
  const end = async (exitCode: number | null): Promise<ProgramEnd> => {
    if (exitCode === failedItself) {
      await master.check();
      const began = said.text.includes(programTag);
      loss = master.loss ?? (began ? undefined : opensshError(said.text, settings));
    }
    if (exitCode === null || loss) return { exitCode: null, lost: true };
    const signal = signalNames.get(exitCode - signalBase);
    return signal ? { exitCode: null, lost: false, signal } : { exitCode, lost: false };
  };
  return {
    input: child.stdin,
    output: child.stdout,
    errors: child.stderr,
    ended: new Promise((resolve) => child.once('close', (exitCode) => resolve(end(exitCode)))),
    get loss() {
      return loss ?? master.loss;
    },
    close: () => void child.kill(),
  };
}
