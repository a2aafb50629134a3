"""What to type to try the service, for a plain machine that may have no finger client."""

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IAddress

FINGER_PORT = 79

# A service that listens on all addresses is reached at this machine's own.
LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}

PROGRAM = (
    "import socket; s = socket.create_connection(({host!r}, {port})); "
    "s.sendall(b'{user}\\r\\n'); print(s.makefile(encoding='utf-8').read(), end='')"
)


def invitation(address: IAddress, user: str) -> str:
    """Return what to print when the service listens.

    Args:
        address: Where it listens.
        user: Somebody to ask about.
    """
    if not isinstance(address, IPv4Address | IPv6Address):
        return f"The finger service listens on {address}."
    host = LOOPBACK.get(address.host, address.host)
    place = f"[{address.host}]" if ":" in address.host else address.host
    lines = [f"The finger service listens on {place}:{address.port}. Try it in another terminal:"]
    if address.port == FINGER_PORT:
        lines.append(f"    finger {user}@{host}")
    program = PROGRAM.format(host=host, port=address.port, user=user)
    lines.append(f'    python3 -c "{program}"')
    lines.append("Ctrl-C stops it.")
    return "\n".join(lines)
