"""Run a command in a network of its own: ``unshare --net python no_network.py command ...``.

In a new network namespace the loopback is down; this sets it up and then executes the command.
"""

import os
import socket
import struct
import sys

SIOCSIFFLAGS = 0x8914
IFF_UP, IFF_RUNNING = 0x1, 0x40


def raise_loopback() -> None:
    """Set the loopback up, as ``ip link set lo up`` does (a bare machine has no ``ip``)."""
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP | IFF_RUNNING))


if __name__ == "__main__":
    raise_loopback()
    os.execvp(sys.argv[1], sys.argv[1:])
