import { openFfmpegEncoder } from './ffmpeg-encoder.ts';
import type { VideoEncoder, VideoFormat } from './video-encoder.ts';
import { openWasmEncoder } from './wasm-encoder.ts';

/** An encoder that writes `file`: the system's ffmpeg where it is there and has H.264, else the one that farsim brings. Throws RENDER_FAILED, DISK_FULL. */
export async function openVideoEncoder(file: string, format: VideoFormat): Promise<VideoEncoder> {
  return (await openFfmpegEncoder(file, format)) ?? openWasmEncoder(file, format);
}
