import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CameraPose } from '../src/painter/picture-request.ts';
import { SoftwarePainter } from '../src/painter/software-painter.ts';
import { agreementOf, colourErrors, type Agreement } from './layer-agreement.ts';
import { drawNatively, type Layers, type NativeShot } from './native-picture.ts';
import { poseModel, type PosedModel } from './pose-model.ts';

const size = { width: 240, height: 180 };
const shared = path.join(import.meta.dirname, '../../../../shared/models');
const shots: Record<string, NativeShot> = {
  arm: {
    model: path.join(import.meta.dirname, '../../../cli/demo/arm.xml'),
    cameras: ['overview', 'side', 'wrist_view', 'free'],
  },
  primitives: {
    model: path.join(import.meta.dirname, 'models/primitives.xml'),
    cameras: ['front', 'close', 'watch', 'free'],
  },
  textures: { model: path.join(import.meta.dirname, 'models/textures.xml'), cameras: ['front', 'behind'] },
  panda: { model: path.join(shared, 'panda/scene.xml'), cameras: ['free'] },
  g1: { model: path.join(shared, 'g1/scene_29dof.xml'), cameras: ['free'] },
};
const there = Object.keys(shots).filter((name) => existsSync(shots[name]!.model));
if (there.length < Object.keys(shots).length)
  console.log('no ../shared/models here: Panda and G1 are left out');

const [native, ...posed] = await Promise.all([
  drawNatively(
    there.map((name) => shots[name]!),
    size.width,
    size.height,
  ),
  ...there.map((name) => poseModel(shots[name]!.model)),
]);

/** As the other renderer draws: what can be seen through is opaque, one sample a pixel. */
function layersOf(model: PosedModel, camera: CameraPose): Pick<Layers, 'depth' | 'geoms'> {
  const shapes = model.scene.shapes.map((shape) => {
    const [r, g, b] = shape.material.rgba;
    return { ...shape, material: { ...shape.material, rgba: [r, g, b, 1] as const } };
  });
  const painter = new SoftwarePainter({ ...model.scene, shapes });
  painter.draw({ ...size, samples: 1, camera, poses: model.poses, overlay: [] });
  return painter.layers(1);
}

function compare(model: PosedModel, drawn: Layers, camera: CameraPose): Agreement {
  const planes = new Set(model.scene.planes.map(({ geom }) => geom));
  return agreementOf(layersOf(model, camera), drawn, planes);
}

if (typeof native === 'string') {
  console.log(`MuJoCo's own renderer cannot draw here: ${native}`);
  test('MuJoCo’s own renderer can draw in CI', () => expect(process.env['CI']).toBeUndefined());
} else {
  describe.each(there)('%s is where MuJoCo’s own renderer draws it', (name) => {
    const model = posed[there.indexOf(name)]!;
    const drawn = native[there.indexOf(name)]!;
    test.each(shots[name]!.cameras)('from the camera %s', (camera) => {
      const { silhouette, geoms, depth } = compare(model, drawn.get(camera)!, model.cameras[camera]!);
      expect(silhouette).toBeGreaterThan(0.99);
      expect(geoms.size).toBeGreaterThan(0);
      for (const [geom, overlap] of geoms) expect(overlap, `geom ${geom}`).toBeGreaterThan(0.9);
      expect(depth).toBeLessThan(0.005);
    });
  });

  describe('textures lie on all types of geom as MuJoCo’s own renderer lays them', () => {
    const model = posed[there.indexOf('textures')]!;
    const errorsOf = (camera: string, scene = model.scene): ReadonlyMap<number, number> => {
      const painter = new SoftwarePainter(scene);
      const request = { ...size, samples: 1 as const, camera: model.cameras[camera]!, poses: model.poses };
      const { pixels } = painter.draw({ ...request, overlay: [] });
      const drawn = native[there.indexOf('textures')]!.get(camera)!;
      return colourErrors(pixels, drawn, painter.layers(1).geoms);
    };
    test.each(['front', 'behind'])('from the camera %s', (camera) => {
      const errors = errorsOf(camera);
      expect(errors.size).toBeGreaterThan(20);
      for (const [geom, error] of errors) expect(error, `geom ${geom}`).toBeLessThan(20);
    });

    test('and those laid upside down are far off', () => {
      const meshes = model.scene.meshes.map((mesh) => ({
        ...mesh,
        ...(mesh.uvs && { uvs: mesh.uvs.map((value, i) => (i % 2 === 1 ? 1 - value : value)) }),
        ...(mesh.directions && { directions: mesh.directions.map((value) => -value) }),
      }));
      const planes = new Set(model.scene.planes.map(({ geom }) => geom));
      const shapes = [...errorsOf('front', { ...model.scene, meshes })].filter(([geom]) => !planes.has(geom));
      for (const [geom, error] of shapes) expect(error, `geom ${geom}`).toBeGreaterThan(25);
    });
  });

  test('a camera 2 cm aside is no longer where MuJoCo’s is', () => {
    const model = posed[there.indexOf('primitives')]!;
    const camera = model.cameras['front']!;
    const [x, y, z] = camera.position;
    const aside = { ...camera, position: [x + 0.02, y, z] as const };
    const drawn = native[there.indexOf('primitives')]!.get('front')!;
    expect(compare(model, drawn, aside).silhouette).toBeLessThan(0.97);
  });
}
