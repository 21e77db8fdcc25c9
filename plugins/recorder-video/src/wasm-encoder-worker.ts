import h264, { type H264MP4Encoder } from 'h264-mp4-encoder';
import { parentPort } from 'node:worker_threads';
import type { EncoderCommand, EncoderReply } from './wasm-encoder.ts';

// 10 is the finest, 51 the coarsest; at 20 flat colours show no blocks
const quantization = 20;
const encodingSpeed = 5;
const port = parentPort!;
let encoder: H264MP4Encoder | undefined;
let rgba = new Uint8Array(0);
let turn: Promise<void> = Promise.resolve();

port.on('message', (command: EncoderCommand) => {
  turn = turn
    .then(async () => reply(await obey(command)))
    .catch((error: unknown) => reply({ kind: 'failed', message: String(error) }));
});

async function obey(command: EncoderCommand): Promise<EncoderReply> {
  switch (command.kind) {
    case 'begin': {
      const { width, height, fps } = command.format;
      encoder = await h264.createH264MP4Encoder();
      Object.assign(encoder, {
        width,
        height,
        frameRate: fps,
        groupOfPictures: fps,
        quantizationParameter: quantization,
        speed: encodingSpeed,
      });
      encoder.initialize();
      rgba = new Uint8Array(width * height * 4);
      return { kind: 'done' };
    }
    case 'add':
      widen(command.pixels);
      encoder!.addFrameRgba(rgba);
      return { kind: 'done' };
    case 'finish': {
      encoder!.finalize();
      const file = encoder!.FS.readFile(encoder!.outputFilename);
      encoder!.delete();
      return { kind: 'done', file };
    }
  }
}

function widen(rgb: Uint8Array): void {
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
    rgba[to] = rgb[from]!;
    rgba[to + 1] = rgb[from + 1]!;
    rgba[to + 2] = rgb[from + 2]!;
  }
}

function reply(message: EncoderReply): void {
  port.postMessage(message);
}
