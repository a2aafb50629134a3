"""The reactor over GLib's old binding, which is gone: importing it says what to use instead."""

raise ImportError(
    "the binding of GLib to PyGTK is for Python 2 only: use gireactor",
    name=__name__,
)
