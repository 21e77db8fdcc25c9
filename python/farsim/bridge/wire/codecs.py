"""The codecs that the far side knows, by the id in the preamble."""

from __future__ import annotations

from typing import Any, Protocol

from . import json_codec, protobuf_codec


class Codec(Protocol):
    """Message headers to bytes and back. Pure; raises DECODE_FAILED."""

    NAME: str
    ID: int

    def encode(self, kind: str, body: dict[str, Any]) -> bytes: ...

    def decode(self, data: bytes | bytearray | memoryview) -> tuple[str, dict[str, Any]]: ...


CODECS: dict[int, Codec] = {protobuf_codec.ID: protobuf_codec, json_codec.ID: json_codec}
