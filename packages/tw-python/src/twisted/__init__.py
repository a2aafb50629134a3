"""Event-driven networking, in parts that install one by one.

This package is shared: each distribution lays its modules into it, and tw-python alone owns this
file.
"""

from pkgutil import extend_path
from typing import TYPE_CHECKING

# Distributions may live in different site directories (editable installs do).
__path__ = extend_path(__path__, __name__)

__version__ = "26.11.0"

if TYPE_CHECKING:
    from incremental import Version

    version: Version
else:
    # Hidden from type checkers, to which every name would be one of this module.
    def __getattr__(name: str) -> object:
        """Return the version as an object.

        Few programs ask for it, and what it is made by takes longer to import than all that the
        others need.
        """
        if name != "version":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from incremental import Version

        global version
        version = Version("Twisted", *map(int, __version__.split(".")))  # noqa: RUF048 - always numbers
        return version


__all__ = ["__version__", "version"]
