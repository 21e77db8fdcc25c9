import { FarsimError } from '../model/errors.ts';
import type { Frame, Image, ResetOptions } from '../model/frame.ts';
import { f64, toNumbers } from '../model/tensor.ts';
import type { Want } from '../model/want.ts';
import type { WorldSpec } from '../model/world-spec.ts';
import type { WorldState } from '../model/world-state.ts';
import { encodePng } from '../pictures/png.ts';
import type { Simulator, View } from '../ports/simulator.ts';

const linkLength = 0.4;
const bodies = ['upper', 'lower'] as const;

/** A spec of one arm of two hinges about Y, in `envs` worlds. */
export function planarArmSpec(envs = 1): WorldSpec {
  return {
    sim: 'planar-arm',
    versions: {},
    task: 'planar-arm',
    num_envs: envs,
    env_origins: Array.from({ length: envs }, () => [0, 0, 0] as const),
    step_dt: 0.05,
    physics_dt: 0.05,
    autoreset: 'disabled',
    actions: { '': { dtype: 'f64', shape: [2] } },
    observations: { '': { dtype: 'f64', shape: [2] } },
    entities: {
      arm: {
        kind: 'articulation',
        fixed_base: true,
        root_body: 'upper',
        joint_names: ['shoulder', 'elbow'],
        joint_types: ['hinge', 'hinge'],
        joint_limits: [null, null],
        body_names: bodies,
        root_com_offset: [0, 0, 0],
      },
    },
    cameras: {},
    capabilities: ['setState', 'render', 'bodies', 'deterministic'],
    native: { quat: { value: 'wxyz', known: 'declared' } },
  };
}

/** A frame of the arm with each env's joints at `anglesOf(env)`, bodies included. */
export function planarArmFrame(
  spec: WorldSpec,
  tick: number,
  anglesOf: (env: number) => readonly [number, number],
): Frame {
  const n = spec.num_envs;
  const envs = Int32Array.from({ length: n }, (_, env) => env);
  const angles = Array.from(envs, anglesOf);
  return {
    envs,
    tick: new Uint32Array(n).fill(tick),
    time: new Float64Array(n).fill(tick * spec.step_dt),
    episode: new Uint32Array(n),
    observations: f64(angles.flat(), [n, 2]),
    reward: f64(new Float64Array(n)),
    terminated: new Uint8Array(n),
    truncated: new Uint8Array(n),
    info: {},
    state: stateAt(angles),
  };
}

/**
 * The smallest simulator that replays and draws: two links in the XZ plane whose joints go where they are put. A step adds
 * its action to the angles. For trying replay and video without an engine.
 */
export function createPlanarArm(): Simulator {
  return new PlanarArm();
}

class PlanarArm implements Simulator {
  readonly spec = planarArmSpec();
  #angles: readonly [number, number] = [0, 0];
  #tick = 0;
  #want: Want = {};

  async reset({ want }: ResetOptions = {}): Promise<Frame> {
    if (want) this.#want = want;
    this.#angles = [0, 0];
    this.#tick = 0;
    return this.#frame();
  }

  async step(action: Parameters<Simulator['step']>[0]): Promise<Frame> {
    const [a, b] = toNumbers(action as Parameters<typeof toNumbers>[0]);
    this.#angles = [this.#angles[0] + a!, this.#angles[1] + b!];
    this.#tick++;
    return this.#frame();
  }

  async setState(state: WorldState): Promise<Frame> {
    const angles = state.entities['arm']?.joint_pos;
    if (angles?.shape.join() !== '1,2') throw new FarsimError('BAD_STATE', "'arm' needs joint_pos [1, 2]");
    const [a, b] = toNumbers(angles);
    this.#angles = [a!, b!];
    return this.#frame();
  }

  async render({ width, height, encoding = 'raw' }: View): Promise<readonly Image[]> {
    if (encoding === 'jpeg') throw new FarsimError('UNSUPPORTED', 'the planar arm draws raw pixels and png');
    const data = draw(this.#angles, width, height);
    const bytes = encoding === 'png' ? encodePng({ width, height, channels: 3, data }) : data;
    return [{ camera: '', env: 0, encoding, width, height, data: bytes }];
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #frame(): Frame {
    const { state, ...frame } = planarArmFrame(this.spec, this.#tick, () => this.#angles);
    return this.#want.state && state ? { ...frame, state } : frame;
  }
}

/** Both links' frames are at their upper ends, turned about Y; angle 0 hangs down. */
function stateAt(angles: readonly (readonly [number, number])[]): WorldState {
  const positions = angles.flatMap(([a]) => [0, 0, 1, ...endOf(a)]);
  const rotations = angles.flatMap(([a, b]) => [...aboutY(a), ...aboutY(a + b)]);
  const n = angles.length;
  return {
    entities: {
      arm: {
        joint_pos: f64(angles.flat(), [n, 2]),
        joint_vel: f64(new Float64Array(2 * n), [n, 2]),
        body_pos: f64(positions, [n, 2, 3]),
        body_quat: f64(rotations, [n, 2, 4]),
      },
    },
  };
}

function endOf(angle: number): [number, number, number] {
  return [-linkLength * Math.sin(angle), 0, 1 - linkLength * Math.cos(angle)];
}

function aboutY(angle: number): [number, number, number, number] {
  return [Math.cos(angle / 2), 0, Math.sin(angle / 2), 0];
}

function draw([a, b]: readonly [number, number], width: number, height: number): Uint8Array {
  const pixels = new Uint8Array(width * height * 3).fill(230);
  const [elbowX, , elbowZ] = endOf(a);
  const points = [
    [0, 1],
    [elbowX, elbowZ],
    [elbowX - linkLength * Math.sin(a + b), elbowZ - linkLength * Math.cos(a + b)],
  ] as const;
  const scale = height / 2.2;
  for (const [link, colour] of [
    [0, [60, 70, 90]],
    [1, [240, 120, 30]],
  ] as const) {
    const [from, to] = [points[link]!, points[link + 1]!];
    for (let i = 0; i <= 400; i++) {
      const x = width / 2 + scale * (from[0] + ((to[0] - from[0]) * i) / 400);
      const y = height / 2 - scale * (from[1] - 1 + ((to[1] - from[1]) * i) / 400);
      disc(pixels, width, height, x, y, height / 60, colour);
    }
  }
  return pixels;
}

function disc(
  pixels: Uint8Array,
  width: number,
  height: number,
  cx: number,
  cy: number,
  radius: number,
  colour: readonly number[],
): void {
  for (let y = Math.ceil(cy - radius); y <= cy + radius; y++) {
    for (let x = Math.ceil(cx - radius); x <= cx + radius; x++) {
      if (x < 0 || y < 0 || x >= width || y >= height || Math.hypot(x - cx, y - cy) > radius) continue;
      pixels.set(colour, (y * width + x) * 3);
    }
  }
}
