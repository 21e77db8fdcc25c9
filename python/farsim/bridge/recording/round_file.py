"""One round as an MCAP file (docs/recording.md), written with PyPI's `mcap`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..errors import FarsimError
from ..wire.layouts import NamedArray
from .recorded_fields import (
    TEXTS,
    Field,
    field_of,
    fields_text,
    message_definition,
    message_of,
    schema_name,
    topic_of,
)
from .recorded_images import IMAGE_DEFINITIONS, RecordedImage

_CHUNK_BYTES = 64 << 10
_CHUNK_SECONDS = 0.15
_NEVER = 1 << 62
_MOST_PLANS = 256


def require_mcap() -> None:
    """Raises PACKAGE_MISSING where there is no `mcap`, or one that cannot end a chunk."""
    try:
        from mcap.writer import Writer

        found = "is too old" if not hasattr(Writer, "flush") else ""
    except ImportError as error:
        found = f"is missing ({error})"
    if found:
        raise FarsimError(
            "PACKAGE_MISSING",
            f"recordings are written with the package mcap, which {found}",
            [f"run `{sys.executable} -m pip install -U mcap`"],
        )


class RoundFile:
    """Grows by chunks of whole rows, 64 KiB or 0.15 s of them: a process that dies leaves whole rows."""

    def __init__(self, path: Path, header: dict[str, Any], labels: dict[str, str]) -> None:
        from mcap.writer import Writer

        self._file = path.open("xb")
        self._writer = Writer(self._file, chunk_size=_NEVER, enable_data_crcs=True)
        self._channels: dict[tuple[str, tuple[Field, ...]], int] = {}
        self._image_channels: dict[tuple[str, str], int] = {}
        self._image_schemas: dict[str, int] = {}
        self._layouts_of_topic: dict[str, int] = {}
        self._plans: dict[tuple, list[tuple[int, list[int]]]] = {}
        self._log_time = 0
        self._chunk_began = time.monotonic()
        self._chunk_bytes = 0
        self.rows = 0
        self._writer.start(profile="farsim/1", library="farsim")
        self._writer.add_metadata("farsim", labels)
        self._attach("round-header.json", header)
        self._file.flush()

    @property
    def bytes(self) -> int:
        """Length so far."""
        return self._file.tell()

    def add_row(
        self, arrays: Sequence[NamedArray], log_time: int, images: Sequence[RecordedImage] = ()
    ) -> None:
        """Adds a row's arrays under their wire names, and its images; `log_time` in simulated nanoseconds."""
        now = time.time_ns()
        for channel, places in self._plan(arrays):
            message = message_of([arrays[place] for place in places])
            self._chunk_bytes += len(message)
            self._writer.add_message(channel, log_time, message, now, self.rows)
        for image in images:
            message = image.message(self.rows, log_time)
            self._chunk_bytes += len(message)
            self._writer.add_message(self._image_channel(image), log_time, message, now, self.rows)
        self.rows += 1
        self._log_time = log_time
        late = time.monotonic() - self._chunk_began > _CHUNK_SECONDS
        if late or self._chunk_bytes >= _CHUNK_BYTES:
            self._end_chunk()

    def _end_chunk(self) -> None:
        self._writer.flush()
        self._chunk_began, self._chunk_bytes = time.monotonic(), 0

    def seal(self, summary: dict[str, Any]) -> int:
        """Writes the summary and the index, and closes the file; gives its length."""
        self._end_chunk()
        self._attach("round-summary.json", {**summary, "rows": self.rows})
        self._writer.finish()
        length = self._file.tell()
        self._file.close()
        return length

    def _attach(self, name: str, content: dict[str, Any]) -> None:
        data = json.dumps(content).encode()
        self._writer.add_attachment(time.time_ns(), self._log_time, name, "application/json", data)

    def _plan(self, arrays: Sequence[NamedArray]) -> list[tuple[int, list[int]]]:
        """Each message's channel and which arrays it holds; kept for the next row that looks the same."""
        look = tuple((name, array.dtype, name not in TEXTS and array.shape) for name, array, _ in arrays)
        plan = self._plans.get(look)
        if plan is None:
            topics: dict[str, list[int]] = {}
            for place, named in enumerate(arrays):
                topics.setdefault(topic_of(named.name), []).append(place)
            if len(self._plans) >= _MOST_PLANS:
                self._plans.clear()
            plan = self._plans[look] = [
                (self._channel(topic, tuple(field_of(arrays[place]) for place in places)), places)
                for topic, places in topics.items()
            ]
        return plan

    def _image_channel(self, image: RecordedImage) -> int:
        key = (image.topic, image.layout)
        channel = self._image_channels.get(key)
        if channel is None:
            if image.schema not in self._image_schemas:
                definition = IMAGE_DEFINITIONS[image.schema].encode()
                schema = self._writer.register_schema(image.schema, "ros1msg", definition)
                self._image_schemas[image.schema] = schema
            schema = self._image_schemas[image.schema]
            described = {"farsim.image": image.layout}
            channel = self._writer.register_channel(image.topic, "ros1", schema, described)
            self._image_channels[key] = channel
        return channel

    def _channel(self, topic: str, fields: tuple[Field, ...]) -> int:
        channel = self._channels.get((topic, fields))
        if channel is None:
            nth = self._layouts_of_topic[topic] = self._layouts_of_topic.get(topic, 0) + 1
            definition = message_definition(fields).encode()
            schema = self._writer.register_schema(schema_name(topic, nth), "ros1msg", definition)
            described = {"farsim.fields": fields_text(fields)}
            channel = self._writer.register_channel(topic, "ros1", schema, described)
            self._channels[topic, fields] = channel
        return channel
