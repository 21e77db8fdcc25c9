"""A shim of the torch that the adapters and the fakes use, over NumPy. Not faster, not complete, but as strict: tensors of a GPU
do not become NumPy arrays, devices do not mix, tensors of inference mode are not written outside it, indices have no negative steps.
"""

import contextlib
import threading

import numpy as np

__version__ = "2.7.0+fake"
_mode = threading.local()


class dtype:
    def __init__(self, name, native):
        self.name, self.native = name, np.dtype(native)

    def __repr__(self):
        return f"torch.{self.name}"


float32, float64 = dtype("float32", np.float32), dtype("float64", np.float64)
int32, int64, uint8 = dtype("int32", np.int32), dtype("int64", np.int64), dtype("uint8", np.uint8)
bool = dtype("bool", np.bool_)
float, long, int = float32, int64, int32
_DTYPES = {kind.native: kind for kind in (float32, float64, int32, int64, uint8, bool)}


class device(str):
    @property
    def type(self):
        return self.partition(":")[0]


class Tensor:
    __hash__ = object.__hash__

    def __init__(self, array, place="cpu"):
        self._array = array
        self.device = device(place)
        self._inference = is_inference_mode_enabled()

    dtype = property(lambda self: _DTYPES[self._array.dtype])
    shape = property(lambda self: self._array.shape)
    ndim = property(lambda self: self._array.ndim)

    def numpy(self, *, force=False):
        if self.device.type != "cpu":
            if force:
                return self._array.copy()
            raise TypeError(
                f"can't convert {self.device} device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory first."
            )
        return self._array

    def __array__(self, dtype=None, copy=None):
        array = self.numpy()
        return array if dtype is None else array.astype(dtype)

    def detach(self):
        return self._with(self._array)

    def clone(self):
        return self._with(self._array.copy())

    def cpu(self):
        return self.to("cpu")

    def contiguous(self):
        return self._with(np.ascontiguousarray(self._array))

    def to(self, *what):
        array, place = self._array, self.device
        for one in what:
            if isinstance(one, dtype):
                array = array.astype(one.native, copy=False)
            elif str(one) != str(place):
                array, place = array.copy(), one
        return Tensor(array, place)

    def __len__(self):
        return len(self._array)

    def __iter__(self):
        return (self._with(row) for row in self._array)

    def __getitem__(self, key):
        picked = self._array[_key(key)]
        return self._with(picked if isinstance(picked, np.ndarray) else np.asarray(picked))

    def __setitem__(self, key, value):
        self._require_writable()
        self._array[_key(key)] = self._other(value)

    def copy_(self, value):
        self[...] = value
        return self

    def item(self):
        return self._array.item()

    def tolist(self):
        return self._array.tolist()

    def size(self, axis=None):
        return self.shape if axis is None else self.shape[axis]

    def dim(self):
        return self.ndim

    def __float__(self):
        return self._array.item().__float__()

    def __int__(self):
        return self._array.item().__int__()

    __index__ = __int__

    def __bool__(self):
        return self._array.item().__bool__()

    def nonzero(self, as_tuple=False):
        return self._with(np.argwhere(self._array))

    def squeeze(self, axis):
        return self._with(self._array.squeeze(axis))

    def unsqueeze(self, axis):
        return self._with(np.expand_dims(self._array, axis))

    def reshape(self, *shape):
        return self._with(self._array.reshape(*shape))

    view = reshape

    def abs(self):
        return self._with(np.abs(self._array))

    def any(self):
        return self._with(self._array.any())

    def all(self):
        return self._with(self._array.all())

    def sum(self, dim=None):
        return self._with(self._array.sum(dim))

    def mean(self):
        return self._with(self._array.mean(dtype=self._array.dtype))

    def __repr__(self):
        return f"tensor({self._array.tolist()}, device='{self.device}')"

    def _with(self, array):
        return Tensor(np.asarray(array), self.device)

    def _other(self, value):
        if not isinstance(value, Tensor):
            if isinstance(value, np.ndarray):
                raise TypeError("can't assign a numpy.ndarray to a torch tensor")
            return value
        # zero-dimensional tensors of the host go with every device
        if value.device != self.device and value.ndim:
            raise RuntimeError(
                f"Expected all tensors to be on the same device, but found at least two devices, {self.device} and {value.device}!"
            )
        return value._array

    def _require_writable(self):
        if self._inference and not is_inference_mode_enabled():
            raise RuntimeError("Inplace update to inference tensor outside InferenceMode is not allowed.")


def _operator(name):
    def apply(self, other):
        return self._with(getattr(self._array, name)(self._other(other)))

    def apply_in_place(self, other):
        self._require_writable()
        getattr(self._array, name)(self._other(other))
        return self

    return apply_in_place if name.startswith("__i") and name != "__invert__" else apply


for _name in ("add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "lt", "le", "gt", "ge", "eq", "ne", "or", "and"):
    setattr(Tensor, f"__{_name}__", _operator(f"__{_name}__"))
for _name in ("iadd", "isub", "imul"):
    setattr(Tensor, f"__{_name}__", _operator(f"__{_name}__"))
Tensor.__invert__ = lambda self: self._with(~self._array)
Tensor.__neg__ = lambda self: self._with(-self._array)


def _key(key):
    if isinstance(key, tuple):
        return tuple(_key(one) for one in key)
    if isinstance(key, slice) and (key.step or 1) < 0:
        raise ValueError("step must be greater than zero")
    return key._array if isinstance(key, Tensor) else key


def is_inference_mode_enabled():
    return getattr(_mode, "on", False)


@contextlib.contextmanager
def inference_mode(mode=True):
    before = is_inference_mode_enabled()
    _mode.on = mode
    try:
        yield
    finally:
        _mode.on = before


no_grad = inference_mode


def _made(data, kind, share):
    if isinstance(data, Tensor):
        data = data._array
    array = np.asarray(data)
    if any_negative(array):
        raise ValueError("At least one stride in the given numpy array is negative")
    # Python's own numbers become single precision, NumPy's keep theirs
    wanted = kind.native if kind else np.float32 if array is not data and array.dtype == np.float64 else array.dtype
    return array.astype(wanted, copy=not share)


def any_negative(array):
    return min(array.strides, default=0) < 0


def tensor(data, dtype=None, device="cpu"):
    """Always a copy."""
    return Tensor(_made(data, dtype, share=False), device)


def as_tensor(data, dtype=None, device=None):
    """Shares memory with a NumPy array on the host; a tensor stays where it is unless told otherwise."""
    if isinstance(data, Tensor):
        return data.to(*(one for one in (device, dtype) if one is not None))
    place = device or "cpu"
    return Tensor(_made(data, dtype, share=str(place) == "cpu"), place)


def from_numpy(array):
    return as_tensor(array)


def zeros(*shape, dtype=float32, device="cpu"):
    return Tensor(np.zeros(shape[0] if len(shape) == 1 else shape, dtype.native), device)


def zeros_like(other):
    return Tensor(np.zeros_like(other._array), other.device)


def arange(count, dtype=int64, device="cpu"):
    return Tensor(np.arange(count, dtype=dtype.native), device)


def cat(tensors, dim=0):
    return Tensor(np.concatenate([one._array for one in tensors], dim), tensors[0].device)


def allclose(left, right, atol=1e-8):
    return np.allclose(left.cpu().numpy(), right.cpu().numpy(), atol=atol)


def is_tensor(value):
    return isinstance(value, Tensor)


class cuda:
    @staticmethod
    def is_available():
        return True
