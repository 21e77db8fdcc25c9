/**
 * The part of `@mujoco/mujoco` 3.14.0 that farsim uses, with the types that its own declarations leave as `any`. Numeric
 * arrays are views of the WASM heap: growth of the heap (loading a model) detaches them, so they are read anew each time.
 * Arrays of bool throw when read; their values come from the named accessors.
 */
export interface MujocoModule {
  readonly FS: {
    writeFile(path: string, data: Uint8Array): void;
    readFile(path: string): Uint8Array;
    mkdirTree(path: string): void;
    unlink(path: string): void;
  };
  readonly MjModel: {
    from_xml_path(path: string): MujocoModel;
    from_binary_path(path: string, vfs: Deletable): MujocoModel;
  };
  readonly MjData: new (model: MujocoModel) => MujocoData;
  readonly MjVFS: new () => Deletable;
  readonly DoubleBuffer: new (length: number) => DoubleBuffer;
  mj_versionString(): string;
  mj_saveModel(model: MujocoModel, path: string, buffer: null): void;
  mj_resetData(model: MujocoModel, data: MujocoData): void;
  mj_resetDataKeyframe(model: MujocoModel, data: MujocoData, key: number): void;
  mj_step(model: MujocoModel, data: MujocoData): void;
  mj_forward(model: MujocoModel, data: MujocoData): void;
  mj_kinematics(model: MujocoModel, data: MujocoData): void;
  mj_comPos(model: MujocoModel, data: MujocoData): void;
  mj_camlight(model: MujocoModel, data: MujocoData): void;
  mj_setConst(model: MujocoModel, data: MujocoData): void;
  mj_id2name(model: MujocoModel, type: number, id: number): string;
  /** −1 when there is none of that name. */
  mj_name2id(model: MujocoModel, type: number, name: string): number;
  mj_objectVelocity(
    model: MujocoModel,
    data: MujocoData,
    type: number,
    id: number,
    result: DoubleBuffer,
    local: 0 | 1,
  ): void;
  mj_stateSize(model: MujocoModel, parts: number): number;
  mj_getState(model: MujocoModel, data: MujocoData, state: DoubleBuffer, parts: number): void;
  mj_setState(model: MujocoModel, data: MujocoData, state: Float64Array, parts: number): void;
}

/** What lives on the WASM heap until it is deleted. */
export interface Deletable {
  delete(): void;
}

/** An OUT parameter: the engine ignores a Float64Array there in silence. */
export interface DoubleBuffer extends Deletable {
  GetView(): Float64Array;
}

/** A compiled model; array names and layouts are those of `mjModel`. */
export interface MujocoModel extends Deletable {
  readonly nq: number;
  readonly nv: number;
  readonly nu: number;
  readonly nbody: number;
  readonly njnt: number;
  readonly ngeom: number;
  readonly ncam: number;
  readonly nlight: number;
  readonly nkey: number;
  readonly nmesh: number;
  readonly nmat: number;
  readonly ntex: number;
  readonly nmocap: number;
  readonly nsensordata: number;

  readonly qpos0: Float64Array;
  readonly body_parentid: Int32Array;
  readonly body_rootid: Int32Array;
  readonly body_mocapid: Int32Array;
  readonly body_jntadr: Int32Array;
  readonly body_jntnum: Int32Array;
  readonly body_pos: Float64Array;
  readonly body_quat: Float64Array;
  readonly body_ipos: Float64Array;
  readonly body_mass: Float64Array;
  readonly body_inertia: Float64Array;
  readonly dof_armature: Float64Array;
  readonly dof_damping: Float64Array;
  readonly dof_frictionloss: Float64Array;
  readonly jnt_stiffness: Float64Array;
  readonly geom_friction: Float64Array;
  readonly jnt_type: Int32Array;
  readonly jnt_bodyid: Int32Array;
  readonly jnt_qposadr: Int32Array;
  readonly jnt_dofadr: Int32Array;
  readonly jnt_range: Float64Array;
  readonly actuator_trntype: Int32Array;
  readonly actuator_trnid: Int32Array;
  readonly actuator_gaintype: Int32Array;
  readonly actuator_biastype: Int32Array;
  readonly actuator_gainprm: Float64Array;
  readonly actuator_biasprm: Float64Array;
  readonly actuator_gear: Float64Array;
  readonly actuator_ctrlrange: Float64Array;
  readonly tendon_adr: Int32Array;
  readonly tendon_num: Int32Array;
  readonly wrap_type: Int32Array;
  readonly wrap_objid: Int32Array;
  readonly wrap_prm: Float64Array;
  readonly eq_type: Int32Array;
  readonly eq_obj1id: Int32Array;
  readonly eq_obj2id: Int32Array;
  readonly eq_data: Float64Array;

  readonly geom_type: Int32Array;
  readonly geom_bodyid: Int32Array;
  readonly geom_dataid: Int32Array;
  readonly geom_matid: Int32Array;
  readonly geom_group: Int32Array;
  readonly geom_size: Float64Array;
  readonly geom_pos: Float64Array;
  readonly geom_quat: Float64Array;
  readonly geom_rbound: Float64Array;
  readonly geom_rgba: Float32Array;
  readonly mat_texid: Int32Array;
  readonly mat_texrepeat: Float32Array;
  readonly mat_emission: Float32Array;
  readonly mat_specular: Float32Array;
  readonly mat_shininess: Float32Array;
  readonly mat_rgba: Float32Array;
  readonly mesh_vertadr: Int32Array;
  readonly mesh_vertnum: Int32Array;
  readonly mesh_faceadr: Int32Array;
  readonly mesh_facenum: Int32Array;
  readonly mesh_normaladr: Int32Array;
  readonly mesh_texcoordadr: Int32Array;
  readonly mesh_vert: Float32Array;
  readonly mesh_normal: Float32Array;
  readonly mesh_texcoord: Float32Array;
  readonly mesh_face: Int32Array;
  readonly mesh_facenormal: Int32Array;
  readonly mesh_facetexcoord: Int32Array;
  readonly hfield_size: Float64Array;
  readonly hfield_nrow: Int32Array;
  readonly hfield_ncol: Int32Array;
  readonly hfield_adr: Int32Array;
  readonly hfield_data: Float32Array;
  readonly tex_type: Int32Array;
  readonly tex_height: Int32Array;
  readonly tex_width: Int32Array;
  readonly tex_nchannel: Int32Array;
  readonly tex_adr: Int32Array | BigInt64Array;
  readonly tex_data: Uint8Array;
  readonly light_type: Int32Array;
  readonly light_mode: Int32Array;
  readonly light_ambient: Float32Array;
  readonly light_diffuse: Float32Array;
  readonly light_specular: Float32Array;
  readonly light_attenuation: Float32Array;
  readonly light_cutoff: Float32Array;
  readonly light_exponent: Float32Array;
  readonly cam_fovy: Float64Array;
  readonly cam_resolution: Int32Array;

  readonly opt: Deletable & { timestep: number; readonly disableflags: number };
  readonly stat: Deletable & { readonly extent: number; readonly center: Float64Array };
  readonly vis: Deletable & {
    readonly global: { readonly fovy: number; readonly azimuth: number; readonly elevation: number };
    readonly map: { readonly znear: number; readonly zfar: number };
    readonly headlight: {
      readonly active: number;
      readonly ambient: Float32Array;
      readonly diffuse: Float32Array;
      readonly specular: Float32Array;
    };
  };
  jnt(id: number): Deletable & { readonly limited: boolean };
  actuator(id: number): Deletable & { readonly ctrllimited: boolean };
  eq(id: number): Deletable & { readonly active0: boolean };
  light(id: number): Deletable & { readonly active: boolean; readonly castshadow: boolean };
  mat(id: number): Deletable & { readonly texuniform: boolean };
}

/** One world's numbers; array names and layouts are those of `mjData`. */
export interface MujocoData extends Deletable {
  time: number;
  readonly qpos: Float64Array;
  readonly qvel: Float64Array;
  readonly ctrl: Float64Array;
  readonly mocap_pos: Float64Array;
  readonly mocap_quat: Float64Array;
  readonly sensordata: Float64Array;
  readonly xpos: Float64Array;
  readonly xquat: Float64Array;
  readonly geom_xpos: Float64Array;
  readonly geom_xmat: Float64Array;
  readonly cam_xpos: Float64Array;
  readonly cam_xmat: Float64Array;
  readonly light_xpos: Float64Array;
  readonly light_xdir: Float64Array;
  readonly warning: Deletable & {
    get(index: number): { readonly number: number; readonly lastinfo: number };
  };
}

/** Values of `mjtObj`, `mjtJoint`, `mjtState`, `mjtDisableBit` and `mjtGeom` that are used. */
export const objects = { body: 1, joint: 3, geom: 5, camera: 7, light: 8, actuator: 19, key: 24 } as const;
export const joints = { free: 0, ball: 1, slide: 2, hinge: 3 } as const;
export const disableBits = { clampControls: 256 } as const;
export const stateParts = { integration: 0x3fff } as const;
export const geoms = {
  plane: 0,
  heightField: 1,
  sphere: 2,
  capsule: 3,
  ellipsoid: 4,
  cylinder: 5,
  box: 6,
  mesh: 7,
  sdf: 8,
} as const;
