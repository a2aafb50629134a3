"""Buckets that say how many bytes may be sent now, and the hierarchies in which they stand.

A bucket is filled by what is sent, leaks at a certain rate, and holds a certain burst. What does not
fit has to wait. A bucket may stand in another: what goes into it goes into the other one too, so that
each client can have its rate, and all of them together another.

A filter finds the bucket for a connection, or makes it. Nothing here knows a transport; of a
connection only the key is known that its filter made.
"""

from collections.abc import Callable, Hashable
from time import monotonic
from typing import cast

from twisted.internet.interfaces import ITransport
from twisted.python.components import Interface, implementer


class Bucket:
    """Says how many bytes may be sent now; to be subclassed with other numbers.

    Attributes:
        maxburst: How many bytes it holds, that is, may be sent at once after a pause; None for any
            number.
        rate: How many bytes leak out of it each second; None for all of them at once.
        parentBucket: The bucket that it stands in; None if there is none.
        content: How many bytes are in it, as of the last time that it was looked at.
        users: How many consumers send through it.
    """

    maxburst: int | None = None
    rate: float | None = None

    def __init__(
        self, parentBucket: "Bucket | None" = None, seconds: Callable[[], float] = monotonic
    ) -> None:
        """Make an empty bucket.

        Args:
            parentBucket: The bucket that it stands in.
            seconds: Tells the time, in seconds.
        """
        self.parentBucket = parentBucket
        self.content: float = 0.0
        self.users = 0
        self._seconds = seconds
        self._lastDrip = seconds()

    def add(self, amount: int) -> int:
        """Put bytes into the bucket, and into those that it stands in.

        Args:
            amount: How many bytes there are to send; at least 0.

        Returns:
            How many of them fit, and may be sent; 0 if none.
        """
        self.drip()
        allowed = amount
        if self.maxburst is not None:
            allowed = max(0, min(amount, int(self.maxburst - self.content)))
        if self.parentBucket is not None:
            allowed = self.parentBucket.add(allowed)
        self.content += allowed
        return allowed

    def drip(self) -> bool:
        """Let leak what has to by now.

        Returns:
            Whether the bucket is empty, and those that it stands in are.
        """
        parentEmpty = self.parentBucket is None or self.parentBucket.drip()
        now = self._seconds()
        if self.rate is None:
            self.content = 0.0
        else:
            self.content = max(0.0, self.content - (now - self._lastDrip) * self.rate)
        self._lastDrip = now
        return self.content == 0 and parentEmpty

    def secondsUntil(self, amount: int) -> float:
        """Return how long it takes until some bytes fit, if nobody else sends.

        Args:
            amount: How many bytes; for a bucket that holds fewer, half of what it holds counts.

        Returns:
            The number of seconds; infinity if nothing leaks.
        """
        self.drip()
        return self._secondsUntil(amount)

    def _secondsUntil(self, amount: int) -> float:
        """Do that after the bucket has leaked."""
        wait = 0.0
        if self.maxburst is not None and self.rate is not None:
            missing = min(amount, max(1, self.maxburst // 2)) + self.content - self.maxburst
            if missing > 0:
                wait = missing / self.rate if self.rate > 0 else float("inf")
        if self.parentBucket is None:
            return wait
        return max(wait, self.parentBucket._secondsUntil(amount))


class IBucketFilter(Interface):
    """Finds the bucket for a connection."""

    def getBucketFor(self, *somethings: object, **some_kw: object) -> Bucket:
        """Return the bucket for what the arguments say, mostly a transport.

        Args:
            somethings: What to choose by.
            some_kw: The same.
        """
        ...


@implementer(IBucketFilter)
class HierarchicalBucketFilter:
    """Has a bucket for each key, inside the one that another filter finds; to be subclassed.

    Attributes:
        bucketFactory: Called with the bucket around it, or None, to make a bucket: a subclass of
            `Bucket` with numbers.
        parentFilter: Finds the bucket around each of them; None if there is none.
        sweepInterval: After how many seconds buckets that are empty, and that nobody sends through,
            are forgotten; None for never.
        buckets: The buckets by their keys.
        lastSweep: When they were last swept.
        seconds: Tells the time, in seconds.
    """

    bucketFactory: Callable[[Bucket | None], Bucket] = Bucket
    sweepInterval: float | None = None

    def __init__(self, parentFilter: IBucketFilter | None = None) -> None:
        """Make a filter without buckets.

        Args:
            parentFilter: Finds the bucket around each bucket, by the same arguments.
        """
        self.parentFilter = parentFilter
        self.buckets: dict[Hashable, Bucket] = {}
        self.seconds: Callable[[], float] = monotonic
        self.lastSweep: float = self.seconds()

    def getBucketFor(self, *a: object, **kw: object) -> Bucket:
        """Return the bucket for what the arguments say, a new one if there is none.

        Args:
            a: What `getBucketKey` takes, mostly a transport.
            kw: The same.
        """
        interval = self.sweepInterval
        if interval is not None and self.seconds() - self.lastSweep > interval:
            self.sweep()
        parent = None
        if self.parentFilter is not None:
            parent = self.parentFilter.getBucketFor(*a, **kw)
        key = self.getBucketKey(*a, **kw)
        bucket = self.buckets.get(key)
        if bucket is None:
            # By the class, for a plain function there is no method.
            bucket = self.buckets[key] = type(self).bucketFactory(parent)
        return bucket

    def getBucketKey(self, *a: object, **kw: object) -> Hashable:
        """Return what connections that share a bucket have in common; subclasses define this.

        Args:
            a: What to choose by, mostly a transport.
            kw: The same.
        """
        raise NotImplementedError(f"{type(self).__name__} has to define getBucketKey(transport)")

    def sweep(self) -> None:
        """Forget the buckets that are empty, and that nobody sends through."""
        for key, bucket in [*self.buckets.items()]:
            # A bucket in others is as good as a new one when it is empty itself.
            bucket.drip()
            if bucket.content == 0 and not bucket.users:
                del self.buckets[key]
        self.lastSweep = self.seconds()


class FilterByHost(HierarchicalBucketFilter):
    """Has a bucket for each host that connects.

    Attributes:
        sweepInterval: 20 minutes.
    """

    sweepInterval: float | None = 20 * 60

    def getBucketKey(self, transport: ITransport) -> Hashable:  # type: ignore[override]  # chosen by
        """Return the host at the other end, or its address if that has no host.

        Args:
            transport: The transport of a connection.
        """
        peer = transport.getPeer()
        return cast(Hashable, getattr(peer, "host", peer))


class FilterByServer(HierarchicalBucketFilter):
    """Has a bucket for each port that is connected to.

    Attributes:
        sweepInterval: None, for there are few of them.
    """

    sweepInterval: float | None = None

    def getBucketKey(self, transport: ITransport) -> Hashable:  # type: ignore[override]  # chosen by
        """Return the port at this end, or its address if that has no port.

        Args:
            transport: The transport of a connection.
        """
        host = transport.getHost()
        return cast(Hashable, getattr(host, "port", host))


__all__ = ["Bucket", "FilterByHost", "FilterByServer", "HierarchicalBucketFilter", "IBucketFilter"]
