"""What tells the generations of Isaac Lab apart. Mirrors isaac.md facts 1, 2 and 1.4, `isaaclab/utils/warp/proxy_array.py` of 3.0.0 and
`interactive_scene.py` of the betas (`wp.to_torch(articulation.data.root_pose_w)`).
"""

import numpy as np
import torch
import warp

_KINDS = {3: warp.vec3f, 6: warp.spatial_vectorf, 7: warp.transformf}


class Flavour:
    """`arrays`: `torch`, `warp` or `proxy`; `xyzw`: the order of quaternions."""

    def __init__(self, arrays, xyzw):
        self.arrays, self.xyzw = arrays, xyzw

    def wrap(self, buffer, device, vectors=True):
        """The live buffer as the data classes give it."""
        if self.arrays == "torch":
            return torch.Tensor(buffer, device)
        kind = _KINDS.get(buffer.shape[-1]) if vectors else None
        array = warp.array(buffer, kind, device, copy=False)
        return array if self.arrays == "warp" else ProxyArray(array)

    def native(self, poses):
        """Poses `[…, 7]` with wxyz, as this generation orders them."""
        if not self.xyzw:
            return poses
        return np.concatenate([poses[..., :3], np.roll(poses[..., 3:], -1, -1)], -1)

    def wxyz(self, poses):
        if not self.xyzw:
            return poses
        return np.concatenate([poses[..., :3], np.roll(poses[..., 3:], 1, -1)], -1)

    def given(self, value, rows, what):
        """What a writer was given, checked as the generation checks it. Raises what torch or Warp would."""
        if isinstance(value, warp.array) and self.arrays != "torch":
            value = warp.to_torch(value)
        if not isinstance(value, torch.Tensor):
            raise TypeError(f"{what}: expected a tensor, got {type(value).__name__}")
        if len(value) != len(rows):
            raise RuntimeError(f"shape mismatch: {what} has {len(value)} rows, env_ids {len(rows)}")
        if self.arrays != "torch" and value.dtype is not torch.float32:
            raise TypeError(f"{what}: Warp kernels take float32, not {value.dtype}")
        return value._array.astype(float)

    def rows(self, env_ids, count):
        """Indices of rows; 3.x hands them to Warp kernels, which take int32."""
        if env_ids is None:
            return np.arange(count)
        if isinstance(env_ids, slice):
            return np.arange(count)[env_ids]
        if isinstance(env_ids, torch.Tensor):
            if self.arrays != "torch" and env_ids.dtype is not torch.int32:
                raise TypeError(f"env_ids: Warp kernels take int32, not {env_ids.dtype}")
            return env_ids._array
        if isinstance(env_ids, warp.array):
            return env_ids._array
        return np.asarray(env_ids, int)


class ProxyArray:
    """Both views of one array; tensor methods such as `clone` are not handed on."""

    def __init__(self, array):
        self.warp = array
        self.torch = warp.to_torch(array)

    shape = property(lambda self: self.warp.shape)
    dtype = property(lambda self: self.warp.dtype)
    device = property(lambda self: self.warp.device)

    def __len__(self):
        return len(self.warp)

    def __getitem__(self, key):
        return self.torch[key]
