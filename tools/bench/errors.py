"""The one error of the benchmarks."""


class BenchError(Exception):
    """The benchmarks cannot go on; the message is one line that says what to do."""
