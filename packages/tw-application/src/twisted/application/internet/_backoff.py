"""How long to wait before the next attempt to connect."""

import math
import random
from collections.abc import Callable

RetryPolicy = Callable[[int], float]
"""Takes how many attempts have failed since the last connection, and returns seconds to wait."""


def backoffPolicy(
    initialDelay: float = 1.0,
    maxDelay: float = 60.0,
    factor: float = 1.5,
    jitter: Callable[[], float] = random.random,
) -> RetryPolicy:
    """Return a policy that waits longer after each failure.

    Args:
        initialDelay: How many seconds to wait before the first new attempt.
        maxDelay: How many seconds to wait at most, without the jitter.
        factor: How much longer than the one before each wait is.
        jitter: Returns seconds that are added, so that many clients of a server that was away do
            not come back to it at once; by default something between 0 and 1.
    """

    def policy(attempt: int) -> float:
        try:
            delay = initialDelay * math.pow(factor, attempt)
        except OverflowError:
            delay = maxDelay
        return min(delay, maxDelay) + jitter()

    return policy
