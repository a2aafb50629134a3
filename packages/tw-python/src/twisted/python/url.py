"""Uniform resource locators, by hyperlink.

`URL.fromText("http://example.org/a").child("b").asText()` is `http://example.org/a/b`. A URL does
not change; its methods return others. hyperlink's documentation says it all.
"""

from hyperlink import URL

__all__ = ["URL"]
