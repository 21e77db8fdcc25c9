import { expect, test } from 'vitest';
import { SoftwarePainter } from '../src/painter/software-painter.ts';
import { boxMesh } from '../src/scene/primitives.ts';
import type { Scene, SceneLight, SceneMaterial } from '../src/scene/scene.ts';

const size = { width: 320, height: 240 };
const [cameraHeight, fovy] = [4, 1.3];
/** Metres of the floor that one pixel shows. */
const pixel = (2 * cameraHeight * Math.tan(fovy / 2)) / size.height;

const grey: SceneMaterial = { rgba: [0.5, 0.5, 0.5, 1], specular: 0, shininess: 0, emission: 0 };
const level = [1, 0, 0, 0, 1, 0, 0, 0, 1];
const sun: SceneLight = {
  kind: 'directional',
  ambient: [0.2, 0.2, 0.2],
  diffuse: [0.8, 0.8, 0.8],
  specular: [0, 0, 0],
  attenuation: [1, 0, 0],
  cutoff: Math.PI,
  exponent: 0,
  castsShadow: true,
  light: 0,
};

interface FloorShot {
  readonly light: SceneLight;
  readonly direction: readonly [number, number, number];
  /** A thin beam along y, half a metre high. */
  readonly beam?: { readonly x: number; readonly width: number };
  readonly cameraX?: number;
}

/** Draws an endless floor from straight above; gives the red of a pixel. The light is 3 m above the origin. */
function drawFloor({ light, direction, beam, cameraX = 0 }: FloorShot): (x: number, y: number) => number {
  const scene: Scene = {
    meshes: beam ? [boxMesh(beam.width / 2, 1, 0.005)] : [],
    shapes: beam ? [{ geom: 1, mesh: 0, material: grey }] : [],
    planes: [{ geom: 0, halfX: Infinity, halfY: Infinity, repeats: [1, 1], origin: [0, 0], material: grey }],
    textures: [],
    lights: [light],
    headlight: undefined,
    sky: undefined,
    extent: 2,
    near: 0.02,
  };
  const { pixels } = new SoftwarePainter(scene).draw({
    ...size,
    samples: 2,
    overlay: [],
    camera: { position: [cameraX, 0, cameraHeight], axes: level, fovy },
    poses: {
      geomPositions: Float64Array.of(0, 0, 0, beam?.x ?? 0, 0, 0.5),
      geomRotations: Float64Array.from([...level, ...level]),
      lightPositions: Float64Array.of(0, 0, 3),
      lightDirections: Float64Array.from(direction),
    },
  });
  return (x, y) => pixels[(y * size.width + x) * 3]!;
}

test('a shadow much narrower than a block of pixels is unbroken', () => {
  // half a metre to the left of the beam, down the middle of a row of blocks
  const [left, right] = [155, 156];
  const red = drawFloor({
    light: sun,
    direction: [-Math.SQRT1_2, 0, -Math.SQRT1_2],
    beam: { x: (right - size.width / 2) * pixel + 0.5, width: 0.3 * pixel },
  });
  const lit = red(20, 20);
  for (let y = 85; y < 155; y++) {
    expect(lit - red(left, y), `row ${y}`).toBeGreaterThan(6);
    expect(lit - red(right, y), `row ${y}`).toBeGreaterThan(6);
  }
});

test('light on a floor is the same wherever blocks of pixels fall on it', () => {
  const lamp: SceneLight = { ...sun, kind: 'spot', cutoff: 1.2, exponent: 1000, castsShadow: false };
  const shot = { light: lamp, direction: [0, 0, -1] } as const;
  const here = drawFloor(shot);
  const moved = drawFloor({ ...shot, cameraX: 3 * pixel });
  let most = 0;
  for (let y = 0; y < size.height; y++) {
    for (let x = 3; x < size.width; x++) most = Math.max(most, Math.abs(here(x, y) - moved(x - 3, y)));
  }
  expect(here(160, 120) - here(20, 20)).toBeGreaterThan(60);
  expect(most).toBeLessThanOrEqual(2);
});

test('a table top that lies in the floor is seen whole, from a slant too', () => {
  const white: SceneMaterial = { ...grey, rgba: [1, 1, 1, 1], emission: 1 };
  const scene: Scene = {
    meshes: [boxMesh(0.7, 0.5, 0.5)],
    shapes: [{ geom: 1, mesh: 0, material: white }],
    planes: [{ geom: 0, halfX: Infinity, halfY: Infinity, repeats: [1, 1], origin: [0, 0], material: grey }],
    textures: [],
    lights: [],
    headlight: undefined,
    sky: undefined,
    extent: 2,
    near: 0.02,
  };
  const [turnCos, turnSin] = [Math.cos(1.1), Math.sin(1.1)];
  const { pixels } = new SoftwarePainter(scene).draw({
    ...size,
    samples: 1,
    overlay: [],
    camera: {
      position: [0, -3.1 * turnSin, 3.1 * turnCos],
      axes: [1, 0, 0, 0, turnCos, -turnSin, 0, turnSin, turnCos],
      fovy: 0.8,
    },
    poses: {
      geomPositions: Float64Array.of(0, 0, 0, 0, 0, -0.5),
      geomRotations: Float64Array.from([...level, ...level]),
      lightPositions: new Float64Array(),
      lightDirections: new Float64Array(),
    },
  });
  // rows of the picture are white without a gap, or have nothing white
  let rows = 0;
  for (let y = 0; y < size.height; y++) {
    const white = Array.from({ length: size.width }, (_, x) => pixels[(y * size.width + x) * 3]! > 200);
    const count = white.filter(Boolean).length;
    if (count > 0) rows++;
    expect(white.lastIndexOf(true) - white.indexOf(true) + (count > 0 ? 1 : 0), `row ${y}`).toBe(count);
  }
  expect(rows).toBeGreaterThan(40);
});
