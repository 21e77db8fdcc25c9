import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { collectSceneFiles } from '../src/collect-scene-files.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'farsim-scene-'))));
afterEach(() => rm(folder, { recursive: true }));

async function write(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

async function collected(entry: string): Promise<{ entry: string; names: string[] }> {
  const { entry: opened, files } = await collectSceneFiles(path.join(folder, entry));
  return { entry: opened, names: [...files.keys()].toSorted() };
}

test('an MJCF brings its meshes from its meshdir and the files of what it includes', async () => {
  await write({
    'robot/arm.xml':
      '<mujoco><compiler meshdir="parts"/><include file="hand.xml"/><mesh file="link.stl"/></mujoco>',
    'robot/hand.xml': '<mujoco><mesh file="./finger.stl"/></mujoco>',
    'robot/parts/link.stl': 'solid',
    'robot/finger.stl': 'solid',
    'robot/unnamed.stl': 'solid',
  });
  expect(await collected('robot/arm.xml')).toEqual({
    entry: 'arm.xml',
    names: ['arm.xml', 'finger.stl', 'hand.xml', 'parts/link.stl'],
  });
});

test('a URDF’s package paths are found from the folder above', async () => {
  await write({
    'dog/urdf/dog.urdf': '<robot><mesh filename="package://dog/meshes/leg.dae"/></robot>',
    'dog/meshes/leg.dae': '<COLLADA/>',
  });
  expect(await collected('dog/urdf/dog.urdf')).toEqual({
    entry: 'urdf/dog.urdf',
    names: ['meshes/leg.dae', 'urdf/dog.urdf'],
  });
});

test('a USD brings the layers that it refers to, and theirs', async () => {
  await write({
    'scene.usda': '#usda 1.0\ndef "A" (references = @./ant.usda@</ant>) {}',
    'ant.usda': '#usda 1.0\ndef "B" (payload = @parts/leg.usd@) {}',
    'parts/leg.usd': '#usda 1.0\n',
  });
  expect((await collected('scene.usda')).names).toEqual(['ant.usda', 'parts/leg.usd', 'scene.usda']);
});

test('a file outside the folder above the scene’s is refused before anything is uploaded', async () => {
  await write({ 'a/b/scene.xml': '<mesh file="../../secret.stl"/>', 'secret.stl': 'solid' });
  await expect(collected('a/b/scene.xml')).rejects.toMatchObject({ code: 'PATH_REFUSED' });
});

test('a scene that is not there is FILE_NOT_FOUND', async () => {
  await expect(collected('none.xml')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
});

test('a file that a link leads out to is refused, one that it leads to within is brought', async () => {
  await write({
    'models/robot/arm.xml': '<mujoco><mesh file="link.stl"/></mujoco>',
    'models/shared/link.stl': 'solid',
    secret: 'key',
  });
  const link = path.join(folder, 'models/robot/link.stl');
  await symlink('../shared/link.stl', link);
  expect((await collected('models/robot/arm.xml')).names).toEqual(['arm.xml', 'link.stl']);
  await rm(link);
  await symlink('../../secret', link);
  await expect(collected('models/robot/arm.xml')).rejects.toMatchObject({ code: 'PATH_REFUSED' });
});
