"""The reactor over CoreFoundation on macOS: importing it says what to use instead."""

raise ImportError(
    "there is no reactor over CoreFoundation: use kqreactor on macOS, or interleave a ThreadedSelectReactor with the main loop of Cocoa",
    name=__name__,
)
