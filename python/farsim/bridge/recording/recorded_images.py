"""Pictures of a row as messages that other people's viewers show (docs/recording.md)."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from typing import Any, NamedTuple

from ..wire.layouts import NamedArray
from ..wire.named_tree import unescape

_HEADER = """================================================================================
MSG: std_msgs/Header
uint32 seq
time stamp
string frame_id
"""
IMAGE_DEFINITIONS = {
    "sensor_msgs/Image": f"""Header header
uint32 height
uint32 width
string encoding
uint8 is_bigendian
uint32 step
uint8[] data
{_HEADER}""",
    "sensor_msgs/CompressedImage": f"""Header header
string format
uint8[] data
{_HEADER}""",
}


class RecordedImage(NamedTuple):
    """One camera's picture of one env; `data`: raw RGB, or a whole JPEG or PNG."""

    camera: str
    env: int
    encoding: str
    width: int
    height: int
    data: Any

    @property
    def topic(self) -> str:
        """On which it is recorded."""
        return f"/camera/{self.camera}/env_{self.env}"

    @property
    def schema(self) -> str:
        """One of IMAGE_DEFINITIONS."""
        return "sensor_msgs/Image" if self.encoding == "raw" else "sensor_msgs/CompressedImage"

    @property
    def layout(self) -> str:
        """What the channel's metadata say for machines."""
        about = {key: value for key, value in self._asdict().items() if key != "data"}
        return json.dumps(about, separators=(",", ":"))

    def message(self, row: int, nanoseconds: int) -> bytes:
        """The stamp is the row's simulated time."""
        raw = self.encoding == "raw"
        seconds, rest = divmod(nanoseconds, 10**9)
        return b"".join(
            (
                struct.pack("<III", row, seconds & 0xFFFFFFFF, rest),
                _text(self.camera),
                struct.pack("<II", self.height, self.width) if raw else b"",
                _text("rgb8" if raw else self.encoding),
                struct.pack("<BI", 0, self.width * 3) if raw else b"",
                struct.pack("<I", len(self.data)),
                self.data,
            )
        )


def take_images(
    arrays: Sequence[NamedArray], envs: Sequence[int], cameras: dict[str, Any]
) -> tuple[list[NamedArray], list[RecordedImage]]:
    """The arrays that are no images, and the images; `envs` are the rows' where the arrays name no others,
    `cameras` the spec's.
    """
    shown = next((array.tolist() for name, array, _ in arrays if name == "state_envs"), envs)
    others, images = [], []
    for named in arrays:
        if named.name.startswith("image/"):
            images += _images(named, shown, cameras)
        else:
            others.append(named)
    return others, images


def _images(named: NamedArray, envs: Sequence[int], cameras: dict[str, Any]) -> list[RecordedImage]:
    segment, *encoded = named.name.split("/")[1:]
    camera = unescape(segment)
    if encoded:
        size = cameras.get(camera, {})
        width, height = size.get("width", 0), size.get("height", 0)
        env = int(envs[int(encoded[1])])
        return [RecordedImage(camera, env, encoded[0], width, height, named.array.tobytes())]
    _, height, width, _ = named.array.shape
    return [
        RecordedImage(camera, int(envs[place]), "raw", width, height, picture.tobytes())
        for place, picture in enumerate(named.array)
    ]


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<I", len(data)) + data
