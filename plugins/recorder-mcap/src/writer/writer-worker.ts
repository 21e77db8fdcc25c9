import { parentPort } from 'node:worker_threads';
import { channelRecords } from '../rows/channel-records.ts';
import { recordingError } from '../disk-errors.ts';
import { RoundFile } from '../file/round-file.ts';
import {
  messageHeadBytes,
  rowHeadBytes,
  type WriterCommand,
  type WriterReply,
} from '../rows/writer-messages.ts';

const flushAfterMs = 100;
const port = parentPort!;
let file: RoundFile | undefined;
let path = '';
let failed = false;
let flushTimer: NodeJS.Timeout | undefined;

port.on('message', (command: WriterCommand) => {
  if (command.kind === 'close') {
    clearTimeout(flushTimer);
    attempt(() => file?.flush());
    file?.close();
    file = undefined;
    done(command.id);
    return;
  }
  if (!failed) attempt(() => obey(command));
  if (command.kind === 'rows') reply({ kind: 'free', buffer: command.buffer }, [command.buffer]);
});

function obey(command: Exclude<WriterCommand, { kind: 'close' }>): void {
  switch (command.kind) {
    case 'begin': {
      path = command.file;
      file = new RoundFile(path);
      file.addMetadata({ name: 'farsim', metadata: new Map(command.labels) });
      file.addHeader(command.header);
      return done(command.id);
    }
    case 'rows':
      for (const definition of command.channels) {
        const { channel, schema } = channelRecords(definition);
        file!.addChannel(channel, schema);
      }
      takeRows(file!, new Uint8Array(command.buffer, 0, command.used));
      if (file!.pending) flushTimer ??= setTimeout(() => attempt(flushLate), flushAfterMs);
      return;
    case 'durable':
      file?.sync();
      return done(command.id);
    case 'end': {
      clearTimeout(flushTimer);
      flushTimer = undefined;
      file!.flush();
      file!.addSummary(command.summary);
      file!.seal();
      done(command.id);
      file = undefined;
    }
  }
}

function takeRows(target: RoundFile, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let row = 0; row < bytes.length;) {
    const end = row + view.getUint32(row, true);
    const sequence = view.getUint32(row + 4, true);
    const logTime = view.getBigUint64(row + 8, true);
    const publishTime = view.getBigUint64(row + 16, true);
    for (let at = row + rowHeadBytes; at < end;) {
      const channelId = view.getUint32(at, true);
      const next = at + messageHeadBytes + view.getUint32(at + 4, true);
      target.addMessage({
        channelId,
        sequence,
        logTime,
        publishTime,
        data: bytes.subarray(at + messageHeadBytes, next),
      });
      at = next;
    }
    target.endRow();
    row = end;
  }
}

function flushLate(): void {
  flushTimer = undefined;
  file?.flush();
}

/** After the first failure nothing more is written: what is on the disk stays whole. */
function attempt(work: () => void): void {
  if (failed) return;
  try {
    work();
  } catch (error) {
    failed = true;
    const { code, message, suggestions, details } = recordingError(error, path);
    reply({ kind: 'failed', failure: { code, message, suggestions, details } });
  }
}

function done(id: number): void {
  reply({ kind: 'done', id, rows: file?.rows ?? 0, bytes: file?.bytes ?? 0 });
}

function reply(message: WriterReply, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}
