import type { FreeCamera } from '@farsim/core';
import type { MujocoData, MujocoModel } from '../engine/mujoco-module.ts';
import type { CameraPose } from '../painter/picture-request.ts';

/** Where one of the model's cameras is in `data`, whose cameras were updated. */
export function namedCameraPose(model: MujocoModel, data: MujocoData, id: number): CameraPose {
  const [x, y, z] = data.cam_xpos.subarray(id * 3, id * 3 + 3);
  return {
    position: [x!, y!, z!],
    axes: data.cam_xmat.slice(id * 9, id * 9 + 9),
    fovy: (model.cam_fovy[id]! * Math.PI) / 180,
  };
}

/** As MuJoCo's free camera: what is not wished for is the model's own, which looks at its centre from one and a half extents. */
export function freeCameraPose(model: MujocoModel, free: FreeCamera = {}): CameraPose {
  const { stat, vis } = model;
  const { fovy, azimuth, elevation } = vis.global;
  const [x, y, z] = stat.center;
  const wish = {
    lookAt: [x!, y!, z!] as const,
    distance: 1.5 * stat.extent,
    azimuth: (azimuth * Math.PI) / 180,
    elevation: (elevation * Math.PI) / 180,
    fovy: (fovy * Math.PI) / 180,
    ...free,
  };
  stat.delete();
  vis.delete();
  return lookAt(wish);
}

function lookAt({ lookAt: target, distance, azimuth, elevation, fovy }: Required<FreeCamera>): CameraPose {
  const [ca, sa, ce, se] = [Math.cos(azimuth), Math.sin(azimuth), Math.cos(elevation), Math.sin(elevation)];
  const forward = [ce * ca, ce * sa, se] as const;
  const up = [-se * ca, -se * sa, ce] as const;
  const right = [sa, -ca, 0] as const;
  return {
    position: [0, 1, 2].map((k) => target[k]! - distance * forward[k]!) as unknown as CameraPose['position'],
    axes: [0, 1, 2].flatMap((k) => [right[k]!, up[k]!, -forward[k]!]),
    fovy,
  };
}
