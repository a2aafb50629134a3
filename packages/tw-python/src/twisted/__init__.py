"""Event-driven networking, in parts that install one by one.

This package is shared: each distribution lays its modules into it, and tw-python alone owns this
file.
"""

from pkgutil import extend_path

from incremental import Version

# Distributions may live in different site directories (editable installs do).
__path__ = extend_path(__path__, __name__)

__version__ = "26.11.0"
version: Version = Version("Twisted", *map(int, __version__.split(".")))  # noqa: RUF048 - always numbers

__all__ = ["__version__", "version"]
