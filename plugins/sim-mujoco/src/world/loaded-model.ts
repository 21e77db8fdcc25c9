import type { Engine } from '../engine/engine.ts';
import { disableBits, objects, type MujocoModel } from '../engine/mujoco-module.ts';

/** A model on an engine's heap, with names for everything: what the file leaves unnamed is called after its kind and number. */
export class LoadedModel {
  readonly engine: Engine;
  readonly model: MujocoModel;

  /** Loads a binary model. Throws MODEL_INVALID. */
  constructor(engine: Engine, binary: Uint8Array) {
    this.engine = engine;
    this.model = engine.load(binary);
  }

  bodyName(id: number): string {
    return this.#name(objects.body, id) || `body_${id}`;
  }

  jointName(id: number): string {
    return this.#name(objects.joint, id) || `joint_${id}`;
  }

  actuatorName(id: number): string {
    return this.#name(objects.actuator, id) || `actuator_${id}`;
  }

  cameraName(id: number): string {
    return this.#name(objects.camera, id) || `camera_${id}`;
  }

  keyframeNames(): string[] {
    return Array.from({ length: this.model.nkey }, (_, id) => this.#name(objects.key, id) || `key_${id}`);
  }

  cameraNames(): string[] {
    return Array.from({ length: this.model.ncam }, (_, id) => this.cameraName(id));
  }

  /** Metres or radians; null where unlimited. */
  jointLimits(id: number): readonly [number, number] | null {
    const joint = this.model.jnt(id);
    const { limited } = joint;
    joint.delete();
    const range = this.model.jnt_range;
    return limited ? [range[2 * id]!, range[2 * id + 1]!] : null;
  }

  /** Null where unlimited. */
  controlLimits(id: number): readonly [number, number] | null {
    const actuator = this.model.actuator(id);
    const { ctrllimited } = actuator;
    actuator.delete();
    const range = this.model.actuator_ctrlrange;
    return ctrllimited ? [range[2 * id]!, range[2 * id + 1]!] : null;
  }

  /** Whether a new world has it switched on. */
  startsActive(equality: number): boolean {
    const found = this.model.eq(equality);
    const { active0 } = found;
    found.delete();
    return active0;
  }

  /** Seconds of one physics step. */
  get timestep(): number {
    const { opt } = this.model;
    const { timestep } = opt;
    opt.delete();
    return timestep;
  }

  /** Whether a step holds each control in its range. */
  get clampsControls(): boolean {
    const { opt } = this.model;
    const { disableflags } = opt;
    opt.delete();
    return (disableflags & disableBits.clampControls) === 0;
  }

  /** Empty for what has no name: mj_id2name gives a null pointer there, which reads as whatever lies at address 0. */
  #name(type: number, id: number): string {
    const { module } = this.engine;
    const name = module.mj_id2name(this.model, type, id);
    return module.mj_name2id(this.model, type, name) === id ? name : '';
  }
}
