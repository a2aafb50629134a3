"""A network of a test's own, which has a loopback interface and a way for multicast over IPv6.

A network namespace belongs to a thread, so the test itself goes in and comes back at the end; the
network of the machine stays as it is.
"""

import ctypes
import fcntl
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager

_CLONE_NEWNET = 0x40000000
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _SIOCADDRT = 0x8913, 0x8914, 0x890B
_IFF_UP, _RTF_UP, _RTF_LOCAL, _RTN_LOCAL = 1, 1, 0x80000000, 2


@contextmanager
def ownNetwork() -> Iterator[None]:
    """Be in a network of one's own.

    Raises:
        OSError: That is not permitted here: it is for root (CAP_SYS_ADMIN).
    """
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        _call("unshare", _CLONE_NEWNET)
        try:
            _connectLoopback()
            yield
        finally:
            _call("setns", home, _CLONE_NEWNET)
    finally:
        os.close(home)


def _connectLoopback() -> None:
    """Turn the loopback interface on, and let multicast datagrams of IPv6 leave by it."""
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as skt:
        # struct ifreq: the name, the flags, and what other requests need (netdevice(7)).
        asked = fcntl.ioctl(skt, _SIOCGIFFLAGS, struct.pack("16sH22x", b"lo", 0))
        (flags,) = struct.unpack_from("H", asked, 16)
        fcntl.ioctl(skt, _SIOCSIFFLAGS, struct.pack("16sH22x", b"lo", flags | _IFF_UP))
        # struct in6_rtmsg: destination, source, gateway, type, the lengths of the first two,
        # metric, info, flags, interface (linux/ipv6_route.h). The type says that datagrams are for
        # this machine; with that of multicast, Linux 6.18 loses them on this interface.
        group = socket.inet_pton(socket.AF_INET6, "ff00::")
        number = socket.if_nametoindex("lo")
        flags = _RTF_UP | _RTF_LOCAL
        route = struct.pack("16s16x16xIHHILIi", group, _RTN_LOCAL, 8, 0, 1, 0, flags, number)
        fcntl.ioctl(skt, _SIOCADDRT, route)


def _call(name: str, *arguments: int) -> None:
    """Call a function of the C library; Python has these from 3.12 on."""
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
