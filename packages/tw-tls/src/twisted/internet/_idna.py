"""Host names on the wire and for people (RFC 5891), under the names that existing code knows."""

import idna

from twisted.internet._tls._clientoptions import encodedName


def _idnaBytes(text: str) -> bytes:
    """Return a host name as it is sent over the wire.

    Raises:
        ValueError: It is none.
    """
    return encodedName(text)


def _idnaText(octets: bytes) -> str:
    """Return a host name as people read it; one that IDNA does not know stays as it is.

    Raises:
        ValueError: It is not ASCII.
    """
    try:
        return idna.decode(octets)
    except idna.IDNAError:
        return octets.decode("ascii")


__all__ = ["_idnaBytes", "_idnaText"]
