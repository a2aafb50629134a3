"""What makes Perspective Broker more convenient: pages of large data, and local objects that are
called as remote ones are.
"""

from twisted.spread._locals import LocalAsRemote, LocalAsyncForwarder, LocalMethod
from twisted.spread._pages import (
    CallbackPageCollector,
    FilePager,
    Pager,
    StringPager,
    getAllPages,
)

__all__ = [
    "CallbackPageCollector",
    "FilePager",
    "LocalAsRemote",
    "LocalAsyncForwarder",
    "LocalMethod",
    "Pager",
    "StringPager",
    "getAllPages",
]
