"""The reactor over WaitForMultipleObjects on Windows: importing it says what to use instead."""

raise ImportError(
    "there is no reactor over WaitForMultipleObjects: use selectreactor or asyncioreactor on Windows",
    name=__name__,
)
