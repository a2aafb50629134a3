"""Versions of packages, which compare as their numbers do.

The class is that of the `incremental` package. `twisted.version >= Version("twisted", 22, 10, 0)`
works with either spelling of the package's name.
"""

from incremental import IncomparableVersions, Version, getVersionString

__all__ = ["IncomparableVersions", "Version", "getVersionString"]
