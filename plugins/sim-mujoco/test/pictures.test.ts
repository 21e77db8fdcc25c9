import { f64, type Simulator } from '@farsim/core';
import { describe, expect, test } from 'vitest';
import { collectModelFiles } from '../src/collect-model-files.ts';
import { openMujoco } from '../src/world/open-mujoco.ts';

const flier = new URL('models/flier.xml', import.meta.url).pathname;
const arm = new URL('../../../cli/demo/arm.xml', import.meta.url).pathname;

async function open(file: string): Promise<Simulator> {
  return openMujoco({ model: await collectModelFiles(file) });
}

describe('pictures', () => {
  /** Share of pixels in which one colour is much stronger than the others, and their mean place. */
  function find(
    data: Uint8Array,
    width: number,
    channel: 0 | 1 | 2,
  ): { share: number; x: number; y: number } {
    let [count, sumX, sumY] = [0, 0, 0];
    for (let i = 0; i < data.length / 3; i++) {
      const own = data[i * 3 + channel]!;
      const others = Math.max(...[0, 1, 2].filter((k) => k !== channel).map((k) => data[i * 3 + k]!));
      if (own < 60 || own < 1.6 * others) continue;
      count++;
      sumX += i % width;
      sumY += Math.floor(i / width);
    }
    return { share: (count * 3) / data.length, x: sumX / count, y: sumY / count };
  }

  test('show each thing where the camera sees it, and its move', async () => {
    await using simulator = await open(flier);
    await simulator.reset();
    const view = { camera: 'above', width: 160, height: 120 };
    const [before] = await simulator.render!(view);
    const stone = find(before!.data, 160, 1);
    const hull = find(before!.data, 160, 0);
    expect(stone.share).toBeGreaterThan(0.001);
    expect(hull.share).toBeGreaterThan(0.003);
    expect(stone.x).toBeGreaterThan(hull.x + 20);
    await simulator.setState!({ entities: { stone: { root_pos: f64([-1, 0, 1], [1, 3]) } } });
    const [after] = await simulator.render!(view);
    expect(find(after!.data, 160, 1).x).toBeLessThan(hull.x - 10);
  });

  test('are the same every time', async () => {
    await using simulator = await open(arm);
    await simulator.reset();
    const view = { camera: 'overview', width: 160, height: 120 };
    const [[one], [two]] = await Promise.all([simulator.render!(view), simulator.render!(view)]);
    expect(Buffer.compare(one!.data, two!.data)).toBe(0);
  });

  test('come as PNG files too', async () => {
    await using simulator = await open(arm);
    await simulator.reset();
    const [image] = await simulator.render!({ width: 64, height: 48, encoding: 'png' });
    expect(Buffer.from(image!.data.subarray(1, 4)).toString()).toBe('PNG');
  });

  test('a camera that the model has not is named', async () => {
    await using simulator = await open(arm);
    await expect(simulator.render!({ camera: 'overwiew', width: 64, height: 48 })).rejects.toMatchObject({
      code: 'BAD_ARGUMENT',
      suggestions: ["did you mean 'overview'?"],
    });
  });
});
