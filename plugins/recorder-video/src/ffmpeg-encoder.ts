import { FarsimError } from '@farsim/core';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import type { VideoEncoder, VideoFormat } from './video-encoder.ts';

const codecs = ['libx264', 'libopenh264'] as const;
let found: Promise<string | undefined> | undefined;

/** The system's ffmpeg; undefined where there is none, or none that encodes H.264. */
export async function openFfmpegEncoder(
  file: string,
  { width, height, fps }: VideoFormat,
): Promise<VideoEncoder | undefined> {
  const codec = await (found ??= findCodec());
  if (codec === undefined) return undefined;
  const input = [
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgb24',
    '-s',
    `${width}x${height}`,
    '-r',
    String(fps),
    '-i',
    '-',
  ];
  const output = ['-an', '-c:v', codec, '-pix_fmt', 'yuv420p', '-movflags', '+faststart', '-f', 'mp4', file];
  const program = spawn('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-y', ...input, ...output], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let said = '';
  program.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
  const ended = new Promise<string | undefined>((resolve) => {
    program.on('error', (error) => resolve(error.message));
    program.on('close', (status) =>
      resolve(status === 0 ? undefined : said.trim() || `exit status ${status}`),
    );
  });
  // a write after its end is reported by `ended`
  program.stdin.on('error', () => undefined);
  const failed = ended.then((why) => {
    throw new FarsimError('RENDER_FAILED', `${file}: ffmpeg ended early: ${why ?? 'it read no more'}`);
  });
  failed.catch(() => undefined);
  let finished = false;
  return {
    name: 'ffmpeg',
    async add(pixels) {
      if (!program.stdin.write(pixels.slice())) await Promise.race([once(program.stdin, 'drain'), failed]);
    },
    async finish() {
      program.stdin.end();
      const why = await ended;
      if (why !== undefined) throw new FarsimError('RENDER_FAILED', `${file}: ffmpeg failed: ${why}`);
      finished = true;
    },
    async [Symbol.asyncDispose]() {
      program.kill('SIGKILL');
      await ended;
      if (!finished) await rm(file, { force: true });
    },
  };
}

async function findCodec(): Promise<string | undefined> {
  const program = spawn('ffmpeg', ['-hide_banner', '-encoders'], { stdio: ['ignore', 'pipe', 'ignore'] });
  let listed = '';
  program.stdout.on('data', (chunk: Buffer) => (listed += chunk.toString()));
  const ran = await new Promise<boolean>((resolve) => {
    program.on('error', () => resolve(false));
    program.on('close', (status) => resolve(status === 0));
  });
  return ran ? codecs.find((codec) => listed.includes(` ${codec} `)) : undefined;
}
