import { openMujoco } from './dist/world/open-mujoco.js';
import { collectModelFiles } from './dist/collect-model-files.js';
import { writeFileSync } from 'node:fs';
for (const f of [
  '/work/main/cli/demo/arm.xml',
  '/work/shared/models/panda/scene.xml',
  '/work/shared/models/go2/scene.xml',
  '/work/shared/models/g1/scene_29dof.xml',
]) {
  const s = await openMujoco({ model: await collectModelFiles(f) });
  await s.reset();
  const v = { width: 640, height: 480 };
  await s.render(v);
  const t = performance.now();
  for (let i = 0; i < 60; i++) await s.render(v);
  console.log(f, ((performance.now() - t) / 60).toFixed(1), 'ms');
  const [im] = await s.render({ ...v, encoding: 'png' });
  writeFileSync('/tmp/pic-' + f.split('/').at(-2) + '.png', im.data);
  await s[Symbol.asyncDispose]();
}
