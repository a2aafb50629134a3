"""The version as texts, for `--version` and for the names that servers give themselves."""

from twisted import __version__ as version

longversion = f"tw {version}"

copyright = """\
Copyright (c) The tw developers.
See LICENSE for details."""

disclaimer = f"""\
tw, the framework of your internet.
{copyright}
"""

__all__ = ["copyright", "disclaimer", "longversion", "version"]
