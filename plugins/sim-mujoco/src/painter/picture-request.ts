/** Where a picture is taken from. The columns of `axes` are right, up and backward in the world, as in mjData's `cam_xmat`. */
export interface CameraPose {
  readonly position: readonly [number, number, number];
  /** `[3, 3]` row-major. */
  readonly axes: ArrayLike<number>;
  /** Vertical field of view, radians. */
  readonly fovy: number;
}

/** Poses of everything that a scene's shapes and lights name by number, copied from mjData. */
export interface ScenePoses {
  /** `[geoms, 3]` and row-major `[geoms, 3, 3]` */
  readonly geomPositions: Float64Array;
  readonly geomRotations: Float64Array;
  /** `[lights, 3]` */
  readonly lightPositions: Float64Array;
  readonly lightDirections: Float64Array;
}

export interface PictureRequest {
  readonly width: number;
  readonly height: number;
  readonly camera: CameraPose;
  readonly poses: ScenePoses;
  /** Samples of an edge in each direction: 1 jagged and fast, 2 smooth. */
  readonly samples: 1 | 2;
  readonly overlay: readonly string[];
}

/** What was drawn. */
export interface Picture {
  /** `[height, width, 3]` sRGB */
  readonly pixels: Uint8Array;
}
