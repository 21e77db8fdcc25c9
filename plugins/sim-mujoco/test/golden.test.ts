import type { Pixels } from '@farsim/core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CameraPose, ScenePoses } from '../src/painter/picture-request.ts';
import { SoftwarePainter } from '../src/painter/software-painter.ts';
import type { Scene } from '../src/scene/scene.ts';
import { collectModelFiles } from '../src/collect-model-files.ts';
import { openMujoco } from '../src/world/open-mujoco.ts';
import { differenceOf, isAllowed, readGolden, requireGolden } from './golden/golden-picture.ts';
import { depthPicture, geomPicture } from './golden/layer-pictures.ts';
import { poseModel, type PosedModel } from './pose-model.ts';

const size = { width: 160, height: 120 };
const files = {
  arm: new URL('../../../cli/demo/arm.xml', import.meta.url).pathname,
  flier: new URL('models/flier.xml', import.meta.url).pathname,
  primitives: new URL('models/primitives.xml', import.meta.url).pathname,
};

interface Shot {
  readonly scene?: Scene;
  readonly poses?: ScenePoses;
  readonly camera?: CameraPose;
  readonly overlay?: readonly string[];
}

/** Draws a model from one of its cameras; `shot` replaces parts of it. */
function draw(posed: PosedModel, camera: string, shot: Shot = {}): Pixels {
  const request = {
    ...size,
    samples: 2 as const,
    camera: posed.cameras[camera]!,
    poses: posed.poses,
    overlay: [],
  };
  const { pixels } = new SoftwarePainter(shot.scene ?? posed.scene).draw({ ...request, ...shot });
  return { ...size, channels: 3, data: pixels };
}

let primitives: PosedModel;
beforeAll(async () => {
  primitives = await poseModel(files.primitives);
});

describe('looks as in its golden picture', () => {
  test('the demo’s arm, with words over it', async () => {
    const overlay = ['overview', 'time 1.25 s'];
    requireGolden('arm-overview', draw(await poseModel(files.arm), 'overview', { overlay }));
  });

  test('a model without a sky, from the free camera', async () => {
    requireGolden('flier-free', draw(await poseModel(files.flier), 'free'));
  });

  test.each(['front', 'close', 'watch'])('each type of geom, from the camera %s', (camera) => {
    requireGolden(`primitives-${camera}`, draw(primitives, camera));
  });

  test('depth and geoms', () => {
    const painter = new SoftwarePainter(primitives.scene);
    const { cameras, poses } = primitives;
    painter.draw({ ...size, samples: 1, camera: cameras['front']!, poses, overlay: [] });
    const { depth, geoms } = painter.layers(1);
    requireGolden('primitives-depth', depthPicture(depth, size.width));
    requireGolden('primitives-geoms', geomPicture(geoms, size.width));
  });

  test('what a simulator renders', async () => {
    await using simulator = await openMujoco({ model: await collectModelFiles(files.primitives) });
    await simulator.reset();
    const [image] = await simulator.render!({ ...size, camera: 'front' });
    requireGolden('primitives-front', { ...size, channels: 3, data: image!.data });
  });
});

describe('differs from its golden picture', () => {
  const isGolden = (drawn: Pixels): boolean => isAllowed(differenceOf(drawn, readGolden('primitives-front')));

  test('when the camera is 2 cm aside', () => {
    const camera = primitives.cameras['front']!;
    const [x, y, z] = camera.position;
    expect(isGolden(draw(primitives, 'front', { camera: { ...camera, position: [x + 0.02, y, z] } }))).toBe(
      false,
    );
  });

  test('when the field of view is 2 % wider', () => {
    const camera = primitives.cameras['front']!;
    expect(isGolden(draw(primitives, 'front', { camera: { ...camera, fovy: camera.fovy * 1.02 } }))).toBe(
      false,
    );
  });

  test.each(['sun', 'lamp', 'bulb'])('when the %s is off', (name) => {
    const number = ['sun', 'lamp', 'bulb'].indexOf(name);
    const lights = primitives.scene.lights.filter(({ light }) => light !== number);
    expect(isGolden(draw(primitives, 'front', { scene: { ...primitives.scene, lights } }))).toBe(false);
  });

  test('when a light comes from elsewhere', () => {
    const lightDirections = primitives.poses.lightDirections.map((value, i) => (i === 0 ? -value : value));
    expect(isGolden(draw(primitives, 'front', { poses: { ...primitives.poses, lightDirections } }))).toBe(
      false,
    );
  });

  test('when a quaternion is read in another order', async () => {
    const shifted = await poseModel(files.primitives, [-0.25, 0.3, 0.35, 0.37, 0.6, 0.3, -0.64]);
    expect(isGolden(draw(shifted, 'front'))).toBe(false);
  });

  test.each(['material', 'mesh'])('when a shape has another %s', (part) => {
    const ball = 2;
    const shapes = primitives.scene.shapes.map((shape) =>
      shape.geom !== ball
        ? shape
        : {
            ...shape,
            [part]: primitives.scene.shapes.find(({ geom }) => geom === ball + 1)![part as 'mesh'],
          },
    );
    expect(isGolden(draw(primitives, 'front', { scene: { ...primitives.scene, shapes } }))).toBe(false);
  });
});
