/**
 * What a compiled model looks like, as plain data: made once, then a picture needs poses only. Shapes are in the frames of
 * their geoms, metres; colours are sRGB, 0 to 1, as MJCF has them. The same scene feeds every painter.
 */
export interface Scene {
  readonly meshes: readonly SceneMesh[];
  readonly shapes: readonly SceneShape[];
  readonly planes: readonly ScenePlane[];
  readonly textures: readonly SceneTexture[];
  readonly lights: readonly SceneLight[];
  readonly headlight: SceneHeadlight | undefined;
  /** A cube map for the background; without one the background is the painter's choice. */
  readonly sky: SceneTexture | undefined;
  /** Metres: about as large as the model is; planes do not count. */
  readonly extent: number;
  readonly near: number;
}

/** Triangles, counter-clockwise seen from outside. One vertex has one normal and one texture coordinate. */
export interface SceneMesh {
  /** `[V, 3]` */
  readonly positions: Float32Array;
  /** `[V, 3]`, unit */
  readonly normals: Float32Array;
  /** `[V, 2]`, v from the first row; only for a flat texture. */
  readonly uvs?: Float32Array;
  /** `[V, 3]`, of any length; only for a cube map. */
  readonly directions?: Float32Array;
  /** `[T, 3]` */
  readonly triangles: Uint32Array;
  /** Of a sphere around the origin that holds all of it. */
  readonly radius: number;
}

export interface SceneShape {
  /** Number of the geom whose pose it has. */
  readonly geom: number;
  readonly mesh: number;
  readonly material: SceneMaterial;
}

/** A plane through its geom's origin, Z up, visible from above. */
export interface ScenePlane {
  readonly geom: number;
  /** Half lengths; infinite where MJCF has 0. */
  readonly halfX: number;
  readonly halfY: number;
  /** Repeats of the texture in one metre, along x and y. */
  readonly repeats: readonly [number, number];
  /** Texture coordinates, v downwards, at the origin. */
  readonly origin: readonly [number, number];
  readonly material: SceneMaterial;
}

export interface SceneMaterial {
  readonly rgba: readonly [number, number, number, number];
  readonly specular: number;
  /** 0 to 1; the exponent of the highlight is 128 times it. */
  readonly shininess: number;
  readonly emission: number;
  readonly texture?: number;
}

/** Rows from the top; a cube map has six square faces one below another: +X −X +Y −Y +Z −Z as OpenGL has them. */
export interface SceneTexture {
  readonly kind: 'flat' | 'cube';
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

export interface SceneLight {
  readonly kind: 'directional' | 'spot' | 'point';
  readonly ambient: Colour;
  readonly diffuse: Colour;
  readonly specular: Colour;
  readonly attenuation: readonly [number, number, number];
  /** Radians from the axis; for spots. */
  readonly cutoff: number;
  readonly exponent: number;
  readonly castsShadow: boolean;
  /** Number of the light whose pose it has. */
  readonly light: number;
}

/** A directional light that looks where the camera looks. */
export interface SceneHeadlight {
  readonly ambient: Colour;
  readonly diffuse: Colour;
  readonly specular: Colour;
}

export type Colour = readonly [red: number, green: number, blue: number];
