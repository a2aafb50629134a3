"""The versions of TLS, and how a choice of them is put to OpenSSL."""

from OpenSSL import SSL

from twisted.python.constants import NamedConstant, Names


class TLSVersion(Names):
    """The versions of TLS, from the oldest to the newest.

    SSL 3.0 can be named but not spoken any more: where it is asked for as the lowest version, TLS
    1.0 is.
    """

    SSLv3: NamedConstant = NamedConstant()
    TLSv1_0: NamedConstant = NamedConstant()
    TLSv1_1: NamedConstant = NamedConstant()
    TLSv1_2: NamedConstant = NamedConstant()
    TLSv1_3: NamedConstant = NamedConstant()


LOWEST = TLSVersion.TLSv1_2
"""The lowest version that is spoken unless told otherwise (RFC 8996 forbids those below)."""

_NUMBERS: dict[NamedConstant, int] = {
    TLSVersion.SSLv3: SSL.TLS1_VERSION,
    TLSVersion.TLSv1_0: SSL.TLS1_VERSION,
    TLSVersion.TLSv1_1: SSL.TLS1_1_VERSION,
    TLSVersion.TLSv1_2: SSL.TLS1_2_VERSION,
    TLSVersion.TLSv1_3: SSL.TLS1_3_VERSION,
}

# OpenSSL's number of "no limit".
_ANY = 0


def versionRange(
    raiseMinimumTo: NamedConstant | None,
    insecurelyLowerMinimumTo: NamedConstant | None,
    lowerMaximumSecurityTo: NamedConstant | None,
) -> tuple[int, int]:
    """Return the numbers of the lowest and the highest version, as OpenSSL wants them.

    Args:
        raiseMinimumTo: The lowest version, if that is higher than the default.
        insecurelyLowerMinimumTo: The lowest version, however low.
        lowerMaximumSecurityTo: The highest version; the newest if None.

    Raises:
        ValueError: The lowest is higher than the highest, or one is no `TLSVersion`.
    """
    for version in (raiseMinimumTo, insecurelyLowerMinimumTo, lowerMaximumSecurityTo):
        if version is not None and version not in _NUMBERS:
            raise ValueError(f"a version of TLS is a constant of TLSVersion, not {version!r}")
    lowest = LOWEST
    if insecurelyLowerMinimumTo is not None:
        lowest = insecurelyLowerMinimumTo
    elif raiseMinimumTo is not None and raiseMinimumTo > lowest:
        lowest = raiseMinimumTo
    if lowerMaximumSecurityTo is None:
        return _NUMBERS[lowest], _ANY
    if lowerMaximumSecurityTo < lowest:
        if raiseMinimumTo is not None or insecurelyLowerMinimumTo is not None:
            raise ValueError(
                f"the highest version ({lowerMaximumSecurityTo.name}) is below the lowest "
                f"({lowest.name})"
            )
        # Whoever asks for nothing newer than an old version means to speak it.
        lowest = lowerMaximumSecurityTo
    return _NUMBERS[lowest], _NUMBERS[lowerMaximumSecurityTo]
