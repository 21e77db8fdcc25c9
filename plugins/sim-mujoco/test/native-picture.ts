import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** What a renderer shows at each pixel, row by row from the top. */
export interface Layers {
  /** Metres in front of the camera, 0: nothing. */
  readonly depth: Float32Array;
  /** −1: nothing. */
  readonly geoms: Int32Array;
  /** RGB. */
  readonly colours: Uint8Array;
}

export interface NativeShot {
  readonly model: string;
  readonly cameras: readonly string[];
}

const script = path.join(import.meta.dirname, 'python/render_native.py');
const noRenderer = 77;

/** Draws each shot's cameras by MuJoCo's own renderer in Python, in one process; a sentence when the machine has no OpenGL for it. */
export async function drawNatively(
  shots: readonly NativeShot[],
  width: number,
  height: number,
): Promise<readonly ReadonlyMap<string, Layers>[] | string> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'farsim-native-'));
  try {
    const fileOf = (shot: number, camera: string): string => path.join(folder, `${shot}-${camera}`);
    const jobs = shots.map(({ model, cameras }, i) => ({
      model,
      width,
      height,
      pictures: cameras.map((camera) => ({ camera, file: fileOf(i, camera) })),
    }));
    const { status, output } = await runPython(JSON.stringify(jobs));
    if (status === noRenderer) return output.trim();
    if (status !== 0) throw new Error(`MuJoCo's own renderer failed: ${output}`);
    const read = (file: string): Layers => readLayers(readFileSync(file), width * height);
    return shots.map(({ cameras }, i) => new Map(cameras.map((camera) => [camera, read(fileOf(i, camera))])));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runPython(input: string): Promise<{ status: number | null; output: string }> {
  const child = spawn(process.env['FARSIM_TEST_PYTHON'] ?? 'python3', [script], { stdio: 'pipe' });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, output }));
  });
}

function readLayers(file: Buffer, pixels: number): Layers {
  const bytes = Uint8Array.from(file);
  return {
    depth: new Float32Array(bytes.buffer, 0, pixels),
    geoms: new Int32Array(bytes.buffer, pixels * 4, pixels),
    colours: bytes.subarray(pixels * 8),
  };
}
