"""The reactor over PyGTK 2, which is gone: importing it says what to use instead."""

raise ImportError(
    "PyGTK is for Python 2 only: use gtk3reactor for GTK 3, gireactor for later versions",
    name=__name__,
)
