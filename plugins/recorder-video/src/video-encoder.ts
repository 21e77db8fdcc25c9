/** Width and height in pixels, both even; frames a second. */
export interface VideoFormat {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
}

/** Takes pictures and makes an H.264 MP4 file of them. */
export interface VideoEncoder extends AsyncDisposable {
  readonly name: 'ffmpeg' | 'h264-mp4-encoder';
  /** Takes one picture, `[height, width, 3]` u8; resolves when the next may be given, which may be before this one is encoded. */
  add(pixels: Uint8Array): Promise<void>;
  /** Finishes the file. */
  finish(): Promise<void>;
}
