import type { Image } from '../model/frame.ts';
import type { View } from '../ports/simulator.ts';
import type { Probe } from './probe.ts';

const mostCameras = 4;
/** Renderers may need some frames until the first is whole. */
const tries = 4;
/** Of 255, between the darkest and the brightest value: less is one colour. */
const leastContrast = 8;

const freeView: View = { width: 160, height: 120 };

/** Pictures have the size that was asked for and show something. */
export const pictureProbe: Probe = {
  name: 'pictures',
  wayOut: 'start the simulator with its cameras enabled, and let it render until its first frame is whole',
  async run(subject) {
    const { simulator, spec } = subject;
    if (!simulator.render) return { notApplicable: 'it draws no pictures' };
    await subject.ready();
    const cameras = Object.entries(spec.cameras).slice(0, mostCameras);
    const views: readonly View[] = cameras.map(([camera, { width, height }]) => ({ camera, width, height }));
    const faults: string[] = [];
    for (const view of views.length > 0 ? views : [freeView]) {
      let fault: string | undefined = '';
      for (let number = 1; number <= tries && fault !== undefined; number++) {
        if (number > 1) await subject.step(number);
        const [image] = await simulator.render(view, { envs: Int32Array.of(0) });
        fault = faultOf(image, view);
      }
      if (fault !== undefined)
        faults.push(`${typeof view.camera === 'string' ? view.camera : 'the free camera'}: ${fault}`);
    }
    const said = faults.join('; ') || (views.length > 1 ? `${views.length} views` : '1 view');
    return { figure: faults.length, allowed: 0, unit: '', said };
  },
};

function faultOf(image: Image | undefined, { width, height }: View): string | undefined {
  if (!image) return 'no picture came';
  const bytes = width * height * 3;
  if (image.width === width && image.height === height && image.data.length === bytes)
    return contrastOf(image.data) < leastContrast ? 'one colour' : undefined;
  return `${image.width}×${image.height} in ${image.data.length} bytes instead of ${width}×${height} in ${bytes}`;
}

function contrastOf(data: Uint8Array): number {
  let [low, high] = [255, 0];
  for (const value of data) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high - low;
}
