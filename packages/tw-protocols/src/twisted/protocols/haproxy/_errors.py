"""What is wrong with a header of the PROXY protocol."""


class HeaderRefused(ValueError):
    """A connection did not begin with a header that is allowed."""


__all__ = ["HeaderRefused"]
