import { FarsimError } from '../../model/errors.ts';
import type { FinalRows, Frame, Image, Info, StepTiming } from '../../model/frame.ts';
import type { Tensor } from '../../model/tensor.ts';
import { buildTree, escapeSegment, flattenTree, unescapeSegment, type Tree } from '../../model/tree.ts';
import type { WorldSpec } from '../../model/world-spec.ts';
import type { KnownLayout, NamedTensor } from './layouts.ts';
import { StateCollector, stateTensors } from './state-tensors.ts';

/** What every frame of one simulator shares. */
export interface OutcomeContext {
  readonly spec: WorldSpec;
  readonly allEnvs: Int32Array;
}

export function outcomeContext(spec: WorldSpec): OutcomeContext {
  return { spec, allEnvs: Int32Array.from({ length: spec.num_envs }, (_, env) => env) };
}

const noNumbers = new Uint32Array(0);
const noFlags = new Uint8Array(0);
const noReward: Tensor = { dtype: 'f32', shape: [0], data: new Float32Array(0) };

/** Builds the frame that a reply's block describes; arrays are views of the received bytes. */
export function decodeOutcome(
  context: OutcomeContext,
  layout: KnownLayout,
  tensors: readonly Tensor[],
  info: string,
  finalInfo: string,
  timing: StepTiming | undefined,
): Frame {
  const main = new OutcomeParts();
  let final: OutcomeParts | undefined;
  for (let i = 0; i < tensors.length; i++) {
    const { name } = layout.tensors[i]!;
    if (name.startsWith('final/')) (final ??= new OutcomeParts()).take(name.slice(6), tensors[i]!);
    else main.take(name, tensors[i]!);
  }
  const envs = main.envs ?? context.allEnvs;
  const images = main.images(context.spec, envs);
  const state = main.state.state();
  return {
    envs,
    tick: main.tick,
    time: Float64Array.from(main.tick, (tick) => tick * context.spec.step_dt),
    episode: main.episode,
    observations: buildTree(main.observations),
    reward: main.reward,
    terminated: main.terminated,
    truncated: main.truncated,
    info: infoOf(main.info, info),
    ...(state && { state }),
    ...(images.length > 0 && { images }),
    ...(final && { final: final.finalRows(finalInfo) }),
    ...(timing && { timing }),
  };
}

class OutcomeParts {
  envs: Int32Array | undefined;
  tick: Uint32Array = noNumbers;
  episode: Uint32Array = noNumbers;
  reward: Tensor = noReward;
  terminated: Uint8Array = noFlags;
  truncated: Uint8Array = noFlags;
  readonly observations: [string, Tensor][] = [];
  readonly info: [string, Tensor][] = [];
  readonly state = new StateCollector();
  readonly #images: [string, Tensor][] = [];

  take(name: string, tensor: Tensor): void {
    switch (name) {
      case 'envs':
        this.envs = tensor.data as Int32Array;
        return;
      case 'tick':
        this.tick = tensor.data as Uint32Array;
        return;
      case 'episode':
        this.episode = tensor.data as Uint32Array;
        return;
      case 'reward':
        this.reward = tensor;
        return;
      case 'terminated':
        this.terminated = tensor.data as Uint8Array;
        return;
      case 'truncated':
        this.truncated = tensor.data as Uint8Array;
        return;
      case 'obs':
        this.observations.push(['', tensor]);
        return;
    }
    if (this.state.take(name, tensor)) return;
    if (name.startsWith('obs/')) this.observations.push([name.slice(4), tensor]);
    else if (name.startsWith('info/')) this.info.push([name.slice(5), tensor]);
    else if (name.startsWith('image/')) this.#images.push([name.slice(6), tensor]);
    else throw new FarsimError('DECODE_FAILED', `an outcome holds the unknown tensor '${name}'`);
  }

  images(spec: WorldSpec, envs: Int32Array): Image[] {
    const rows = this.state.state()?.envs ?? envs;
    return this.#images.flatMap(([path, tensor]) => decodeImages(spec, path, tensor, rows));
  }

  finalRows(finalInfo: string): FinalRows {
    const state = this.state.state();
    return {
      envs: this.envs ?? new Int32Array(0),
      tick: this.tick,
      episode: this.episode,
      ...(this.observations.length > 0 && { observations: buildTree(this.observations) }),
      ...(state && { state }),
      ...((this.info.length > 0 || finalInfo !== '') && { info: infoOf(this.info, finalInfo) }),
    };
  }
}

/** Images of one camera: raw ones stacked in one tensor, encoded ones a tensor each, named `<camera>/<encoding>/<row>`. */
export function decodeImages(
  spec: WorldSpec,
  path: string,
  tensor: Tensor,
  rows: ArrayLike<number>,
): Image[] {
  const [segment, encoding, row] = path.split('/');
  const camera = unescapeSegment(segment!);
  const data = tensor.data as Uint8Array;
  if (encoding === 'jpeg' || encoding === 'png') {
    const { width = 0, height = 0 } = spec.cameras[camera] ?? {};
    return [{ camera, env: rows[Number(row)]!, encoding, width, height, data }];
  }
  const [count, height, width] = tensor.shape as [number, number, number];
  const size = data.length / Math.max(1, count);
  return Array.from({ length: count }, (_, k) => ({
    camera,
    env: rows[k]!,
    encoding: 'raw' as const,
    width,
    height,
    data: data.subarray(k * size, (k + 1) * size),
  }));
}

function infoOf(arrays: readonly [string, Tensor][], json: string): Info {
  return {
    ...(arrays.length > 0 && { arrays: buildTree(arrays) }),
    ...(json !== '' && { values: JSON.parse(json) as Record<string, unknown> }),
  };
}

/** The reverse of {@link decodeOutcome}: a frame's arrays under their wire names, for a server. */
export function outcomeTensors(context: OutcomeContext, frame: Frame): NamedTensor[] {
  const { num_envs: all } = context.spec;
  const partial = frame.envs.length !== all || frame.envs.some((env, row) => env !== row);
  const rows = (name: string, tensor: Tensor): NamedTensor =>
    partial ? { name, tensor, open: true } : { name, tensor };
  return [
    ...(partial ? [rows('envs', vector('i32', frame.envs))] : []),
    rows('tick', vector('u32', frame.tick)),
    rows('episode', vector('u32', frame.episode)),
    rows('reward', frame.reward),
    rows('terminated', vector('bool', frame.terminated)),
    rows('truncated', vector('bool', frame.truncated)),
    ...treeTensors('obs', frame.observations, partial),
    ...(frame.info.arrays ? treeTensors('info', frame.info.arrays, false) : []),
    ...(frame.state ? stateTensors(frame.state) : []),
    ...imageTensors(frame.images ?? [], frame.state?.envs ?? frame.envs),
    ...(frame.final ? finalTensors(frame.final) : []),
  ];
}

function finalTensors(final: FinalRows): NamedTensor[] {
  return [
    { name: 'final/envs', tensor: vector('i32', final.envs), open: true },
    { name: 'final/tick', tensor: vector('u32', final.tick), open: true },
    { name: 'final/episode', tensor: vector('u32', final.episode), open: true },
    ...(final.observations ? treeTensors('final/obs', final.observations, true) : []),
    ...(final.info?.arrays ? treeTensors('final/info', final.info.arrays, true) : []),
    ...(final.state ? stateTensors(final.state, 'final/') : []),
  ];
}

/** Images under their wire names; raw ones of one camera and size are stacked, which copies them. */
export function imageTensors(images: readonly Image[], rows: ArrayLike<number>): NamedTensor[] {
  const named: NamedTensor[] = [];
  const rowOf = new Map(Array.from(rows, (env, row) => [env, row]));
  for (const [camera, ofCamera] of Map.groupBy(images, (image) => escapeSegment(image.camera))) {
    const { encoding, width, height } = ofCamera[0]!;
    if (encoding === 'raw') {
      const stacked = new Uint8Array(ofCamera.length * width * height * 3);
      ofCamera.forEach((image, k) => stacked.set(image.data, k * width * height * 3));
      named.push({
        name: `image/${camera}`,
        tensor: { dtype: 'u8', shape: [ofCamera.length, height, width, 3], data: stacked },
        open: true,
      });
    } else {
      for (const image of ofCamera) {
        named.push({
          name: `image/${camera}/${encoding}/${rowOf.get(image.env)}`,
          tensor: vector('u8', image.data),
          open: true,
        });
      }
    }
  }
  return named;
}

function treeTensors(prefix: string, tree: Tree<Tensor>, open: boolean): NamedTensor[] {
  return flattenTree(prefix, tree).map(([name, tensor]) =>
    open ? { name, tensor, open } : { name, tensor },
  );
}

function vector(dtype: 'i32' | 'u32' | 'bool' | 'u8', data: Int32Array | Uint32Array | Uint8Array): Tensor {
  return { dtype, shape: [data.length], data };
}
