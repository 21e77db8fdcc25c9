"""Bytes on a connection: frames, codecs, arrays and their layouts, limits, the handshake. Imports no room."""
