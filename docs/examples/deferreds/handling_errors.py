"""What try, except, else and finally say, said with callbacks and errbacks."""

from twisted.internet.defer import Deferred, execute
from twisted.python.failure import Failure


def read(text: str) -> Deferred[int]:
    """Give a number, or fail with a ValueError."""
    return execute(int, text)


def notANumber(failure: Failure) -> int:
    failure.trap(ValueError)
    print("not a number, using 0")
    return 0


def double(number: int) -> int:
    return 2 * number


def close(result: int | Failure) -> int | Failure:
    print("closing")
    return result


# try: ... except ValueError: ..., then go on
read("x").addErrback(notANumber).addCallback(double).addCallback(print)

# try: ... else: ... except ValueError: ...
read("4").addCallbacks(double, notANumber).addCallback(print)

# try: ... finally: ...
read("5").addBoth(close).addCallback(print)
