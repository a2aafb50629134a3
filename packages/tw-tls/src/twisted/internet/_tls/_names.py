"""Distinguished names: who a certificate is about, and who issued it."""

from cryptography import x509
from cryptography.x509.oid import NameOID

_ATTRIBUTES = {
    "commonName": ("CN", NameOID.COMMON_NAME),
    "organizationName": ("O", NameOID.ORGANIZATION_NAME),
    "organizationalUnitName": ("OU", NameOID.ORGANIZATIONAL_UNIT_NAME),
    "localityName": ("L", NameOID.LOCALITY_NAME),
    "stateOrProvinceName": ("ST", NameOID.STATE_OR_PROVINCE_NAME),
    "countryName": ("C", NameOID.COUNTRY_NAME),
    "emailAddress": ("emailAddress", NameOID.EMAIL_ADDRESS),
}
_LONG = {short: name for name, (short, _) in _ATTRIBUTES.items()} | {n: n for n in _ATTRIBUTES}
_OID = {name: oid for name, (_, oid) in _ATTRIBUTES.items()}
_NAME_OF = {oid: name for name, oid in _OID.items()}


class DistinguishedName(dict[str, bytes]):
    """Who somebody is, as an X.509 certificate says it.

    It is a dict from the long names of its attributes (`commonName`, `organizationName`,
    `organizationalUnitName`, `localityName`, `stateOrProvinceName`, `countryName`,
    `emailAddress`) to bytes; each one can be read and set as an attribute too, by its long or short
    name (`CN`, `O`, `OU`, `L`, `ST`, `C`).
    """

    __slots__ = ()

    def __init__(self, **kw: str | bytes) -> None:
        """Make a name.

        Args:
            kw: The attributes.

        Raises:
            AttributeError: There is no such attribute.
        """
        super().__init__()
        for name, value in kw.items():
            setattr(self, name, value)

    @classmethod
    def fromName(cls, name: x509.Name) -> "DistinguishedName":
        """Return what an X.509 name says, as far as it has a name here.

        Args:
            name: The name. Of attributes that it has several times the last counts.
        """
        made = cls()
        for attribute in name:
            long = _NAME_OF.get(attribute.oid)
            if long is not None:
                value = attribute.value
                made[long] = value.encode("utf-8") if isinstance(value, str) else value
        return made

    def toName(self) -> x509.Name:
        """Return this as an X.509 name."""
        return x509.Name(
            [x509.NameAttribute(_OID[key], value.decode("utf-8")) for key, value in self.items()]
        )

    def __getattr__(self, name: str) -> bytes:
        try:
            return self[_LONG[name]]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: str | bytes) -> None:
        if name not in _LONG:
            raise AttributeError(
                f"a distinguished name has no {name!r}; it has {', '.join(sorted(_ATTRIBUTES))}"
            )
        self[_LONG[name]] = value.encode("utf-8") if isinstance(value, str) else value

    def __repr__(self) -> str:
        return f"<DN {dict.__repr__(self)[1:-1]}>"

    def inspect(self) -> str:
        """Return the attributes for people to read, one a line."""
        width = max(map(len, self), default=0)
        return "\n".join(
            f"{key:>{width}}: {self[key].decode('utf-8', 'replace')}" for key in _OID if key in self
        )


DN = DistinguishedName
"""The short name of `DistinguishedName`."""
