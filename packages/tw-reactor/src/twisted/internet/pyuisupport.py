"""Support for PyUI, which is gone: importing it says what to use instead."""

raise ImportError(
    "PyUI is for Python 2 only and is no longer published: use tksupport, gtk3reactor or wxreactor",
    name=__name__,
)
