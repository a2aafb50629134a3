"""The reactor over I/O completion ports on Windows: importing it says what to use instead."""

raise ImportError(
    "there is no reactor over I/O completion ports: use selectreactor or asyncioreactor on Windows",
    name=__name__,
)
