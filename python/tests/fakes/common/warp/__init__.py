"""A shim of the Warp that the adapters and the fakes use, over NumPy: arrays of vectors whose `shape` leaves the vector out, no tensor methods, no
arithmetic. Read: warp-lang 1.17 (`array.numpy()` is a view on the host and a copy from a GPU; `to_torch` shares memory).
"""

import numpy as np
import torch

__version__ = "1.17.0+fake"


class _Kind:
    def __init__(self, name, native, width=None):
        self.__name__, self.native, self.width = name, np.dtype(native), width

    def __repr__(self):
        return f"warp.{self.__name__}"


float32, int32, uint8 = _Kind("float32", np.float32), _Kind("int32", np.int32), _Kind("uint8", np.uint8)
vec2f, vec3f, quatf = _Kind("vec2f", np.float32, 2), _Kind("vec3f", np.float32, 3), _Kind("quatf", np.float32, 4)
spatial_vectorf, transformf = _Kind("spatial_vectorf", np.float32, 6), _Kind("transformf", np.float32, 7)
_BY_DTYPE = {np.dtype(np.float32): float32, np.dtype(np.int32): int32, np.dtype(np.uint8): uint8}


class array:
    def __init__(self, data, dtype=None, device="cpu", copy=True):
        numbers = np.asarray(data)
        self.dtype = dtype or _BY_DTYPE.get(numbers.dtype, float32)
        self._array = numbers.astype(self.dtype.native, copy=copy)
        if self.dtype.width and self._array.shape[-1] != self.dtype.width:
            raise RuntimeError(f"{self._array.shape} does not end with {self.dtype.width} of {self.dtype}")
        self.device = str(device)

    @property
    def shape(self):
        return self._array.shape[:-1] if self.dtype.width else self._array.shape

    @property
    def ndim(self):
        return len(self.shape)

    def __len__(self):
        return self.shape[0]

    def numpy(self):
        return self._array if self.device == "cpu" else self._array.copy()


def to_torch(value):
    if not isinstance(value, array):
        raise TypeError(f"to_torch() takes a warp array, not {type(value).__name__}")
    return torch.Tensor(value._array, value.device)


def from_torch(value, dtype=None):
    return array(value._array, dtype, value.device, copy=False)


def from_numpy(value, dtype=None, device="cpu"):
    return array(value, dtype, device)


def zeros(shape, dtype=float32, device="cpu"):
    whole = (shape,) if isinstance(shape, int) else tuple(shape)
    return array(np.zeros((*whole, dtype.width) if dtype.width else whole, dtype.native), dtype, device)
