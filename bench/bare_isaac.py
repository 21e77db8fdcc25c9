"""The yardstick's far end: the same engine behind the shortest loop there can be over a socket.

`bare_isaac.py PATH CONFIG REPLY`: a request is the action's bytes, the reply REPLY bytes that begin with the
engine's own seconds (f64). No state is read and nothing is checked.
"""

import json
import socket
import struct
import sys
import time

import numpy as np
from isaac_adapter import IsaacAdapter


def main():
    path, config, size = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3])
    isaac = IsaacAdapter()
    with isaac.launch(config, lambda line: None):
        isaac.create()
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(path)
        serve(isaac, connection, bytearray(size))


def serve(isaac, connection, reply):
    torch, base = isaac.torch, isaac.base
    request = np.zeros((isaac.envs, base.single_action_space.shape[0]), np.float32)
    with torch.inference_mode():
        while connection.recv_into(request, request.nbytes, socket.MSG_WAITALL):
            began = time.perf_counter()
            base.step(torch.tensor(request, device=base.device))
            struct.pack_into("<d", reply, 0, time.perf_counter() - began)
            connection.sendall(reply)


main()
