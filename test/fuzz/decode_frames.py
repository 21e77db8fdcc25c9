"""Reads what connections brought from standard input, each as the number of its frames and its frames behind
their u32 lengths; prints for each which arrays were viewed, or the code of the refusal, as
`compare-frames.ts` does.
"""

import json
import struct
import sys

from farsim.bridge.errors import FarsimError
from farsim.bridge.wire import json_codec, protobuf_codec
from farsim.bridge.wire.framing import decode_frame
from farsim.bridge.wire.layouts import LayoutReader


def verdict(codec, frames):
    reader = LayoutReader()
    viewed = []
    for frame in frames:
        kind, body, offset = decode_frame(codec, frame)
        if kind == "layout":
            reader.learn(body)
        elif kind == "request":
            for arrays in reader.read(body["blocks"], frame, offset):
                viewed.append([[name, array.tobytes().hex()] for name, array, _ in arrays])
    return viewed


def main():
    codec = {"json": json_codec, "protobuf": protobuf_codec}[sys.argv[1]]
    data = sys.stdin.buffer.read()
    at = 0
    while at < len(data):
        (count,) = struct.unpack_from("<I", data, at)
        at += 4
        frames = []
        for _ in range(count):
            (length,) = struct.unpack_from("<I", data, at)
            frames.append(bytearray(data[at + 4 : at + 4 + length]))
            at += 4 + length
        try:
            said = verdict(codec, frames)
        except FarsimError as error:
            said = error.code
        except Exception as error:  # the fault that this looks for
            said = f"{type(error).__name__}: {error}"
        print(json.dumps(said, separators=(",", ":")))


main()
