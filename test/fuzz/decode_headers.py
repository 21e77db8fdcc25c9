"""Reads headers, each behind its u32 length, from standard input; prints for each what was decoded, or the
code of the refusal, in the spelling of `decoders.test.ts`.
"""

import json
import struct
import sys

from farsim.bridge.errors import FarsimError
from farsim.bridge.wire import json_codec, protobuf_codec


def plain(value):
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"bytes": bytes(value).hex()}
    if isinstance(value, (bool, str)):
        return value
    return {"number": struct.pack(">d", value + 0.0).hex()}


def main():
    codec = {"json": json_codec, "protobuf": protobuf_codec}[sys.argv[1]]
    data = sys.stdin.buffer.read()
    at = 0
    while at < len(data):
        (length,) = struct.unpack_from("<I", data, at)
        header = data[at + 4 : at + 4 + length]
        at += 4 + length
        try:
            said = plain(dict([codec.decode(header)]))
        except FarsimError as error:
            said = error.code
        except Exception as error:  # the fault that this looks for
            said = f"{type(error).__name__}: {error}"
        print(json.dumps(said, sort_keys=True, separators=(",", ":")))


main()
