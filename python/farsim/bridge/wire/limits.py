"""What is refused before anything of the claimed size is allocated (docs/protocol.md, "Limits")."""

HEADER_BYTES = 1 << 20
FRAME_BYTES = 256 << 20
UNACCEPTED_FRAME_BYTES = 64 << 10
TENSORS_PER_LAYOUT = 1024
RANK = 8
NAME_BYTES = 256
LIVE_LAYOUTS = 256
OPEN_DIMENSION = 0xFFFFFFFF
"""Written for a first dimension that differs from block to block."""

UNACCEPTED_CONNECTIONS = 8
HELLO_SECONDS = 5.0
CREDIT_REQUESTS = 64
CREDIT_BYTES = 64 << 20
KEPT_BYTES = 64 << 20

OLDEST_PROTOCOL = 1
NEWEST_PROTOCOL = 1
