"""Task groups: coroutines and Deferreds that end together.

The body of `async with TaskGroup() as group:` starts children with `group.createTask`. The group
ends when the body and all children have ended, whatever becomes of them. The first one that fails,
child or body, has all the others cancelled; each is still waited for, and all failures leave the
group together as an `ExceptionGroup`. This is what `asyncio.TaskGroup` does, with two differences:
children are started at once, as all coroutines of Deferreds are, and the group can be cancelled.

How it works. The body stands in a scope of its own (see `_scopes`), by which the group can cancel
it and tells that cancellation from others. Each child is watched by `_childEnded`; its result goes
on to another Deferred, which is the one that the user has. After the body, the group waits for a
Deferred that the last child fires; where that wait is cancelled from outside, it passes the
cancellation on to the children and waits again.

A child's failure is the group's to report: it is not logged as unhandled when nobody looks at the
child's own Deferred, and keeps its traceback for the group.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeAlias, TypeVar, overload

from twisted.internet.defer._chain import raisable
from twisted.internet.defer._coroutines import CancelRequest, _Driven, fromCoroutine
from twisted.internet.defer._deferred import Deferred
from twisted.internet.defer._errors import CancelledError, NotACoroutineError
from twisted.internet.defer._results import maybeDeferred
from twisted.internet.defer._scopes import BaseScope, isCancellation
from twisted.logger import Logger
from twisted.python.failure import Failure

_log = Logger(namespace="twisted.internet.defer")

_T = TypeVar("_T")
_P = ParamSpec("_P")

# These end a program, and are not gathered with the errors of others.
_ENDS_PROGRAM = (KeyboardInterrupt, SystemExit)


class _ChildDriver(_Driven[_T]):
    """Drives a child that is a coroutine."""

    def _restOn(self, failure: Failure) -> None:
        # The group is about to look at it, and wants the traceback.
        pass


class ChildResult(Deferred[_T]):
    """The result of a child, for who started it.

    Attributes:
        child: What is waited for, until it has ended.
    """

    child: Deferred[_T] | None
    _reported: Failure | None

    def __init__(self, child: Deferred[_T]) -> None:
        super().__init__()
        self.child = child
        self._reported = None

    def cancel(self) -> None:
        """Cancel the child; the result is there when the child has ended."""
        if self.child is None:
            super().cancel()
        else:
            _cancel(self.child)

    def ended(self, result: _T | Failure) -> None:
        """Give the result."""
        self.child = None
        if isinstance(result, Failure):
            self._reported = result
        self.callback(result)

    def _restOn(self, failure: Failure) -> None:
        # What the group reports is neither logged nor loses its traceback here.
        if failure is not self._reported:
            super()._restOn(failure)


Children: TypeAlias = dict[Deferred[Any], None]
"""The children of a group that have not ended, in the order in which they were added."""


class GroupScope(BaseScope):
    """The scope in which the body of a group stands.

    Attributes:
        children: The group's children.
    """

    __slots__ = ("children",)

    def __init__(self, children: Children) -> None:
        super().__init__(None, None, False)
        self.children = children


class GroupEnd(Deferred[None]):
    """Fires when the last child of a group has ended.

    Attributes:
        children: The group's children.
    """

    def __init__(self, children: Children) -> None:
        super().__init__()
        self.children = children


def _cancel(child: Deferred[Any]) -> None:
    """Cancel a child; one that runs just now, at its next wait."""
    if isinstance(child, _Driven):
        child.cancelAtWait(CancelRequest())
        return
    try:
        child.cancel()
    except Exception:
        # That of a subclass may do anything; the others are to be cancelled too.
        _log.failure("A Deferred in a task group could not be cancelled")


def _logBeside(ending: BaseException, errors: list[BaseException]) -> None:
    """Log the errors that are overtaken by one that ends the program."""
    for error in errors:
        if error is not ending:
            _log.failure("An error in a task group that is interrupted", Failure(error))


class TaskGroup:
    """Children that are waited for together, and cancelled together when one of them fails.

    It is entered by `async with`, once. When the body and all children have ended, what has failed
    leaves it as an `ExceptionGroup` (a `BaseExceptionGroup` if an exception needs it). Children
    that end with `CancelledError` count as ended, not as failed. `KeyboardInterrupt` and
    `SystemExit` leave the group as they are. A cancellation from outside is passed on to the
    children, and leaves the group when they have ended and none has failed.
    """

    def __init__(self) -> None:
        self._children: Children = {}
        self._scope = GroupScope(self._children)
        self._errors: list[BaseException] = []
        self._end: GroupEnd | None = None
        self._entered = False
        self._inBody = False
        self._over = False
        self._aborting = False

    async def __aenter__(self) -> Self:
        if self._entered:
            raise RuntimeError("A task group can be entered once: make a new one")
        await self._scope.enter()
        self._entered = self._inBody = True
        return self

    def createTask(self, work: Deferred[_T] | Coroutine[Deferred[Any], Any, _T], /) -> Deferred[_T]:
        """Add a child.

        Args:
            work: A coroutine, which is started, or a Deferred, which is the group's from now on. In
                a group that is being cancelled a coroutine is not started, a Deferred is
                cancelled.

        Returns:
            A Deferred of the child's result. Cancelling it cancels the child alone.

        Raises:
            RuntimeError: The group is not entered yet, or has ended.
            NotACoroutineError: It is neither coroutine nor Deferred.
        """
        if not self._entered or self._over:
            if isinstance(work, Coroutine):
                work.close()
            raise RuntimeError(
                "This task group has ended: no child can be added"
                if self._over
                else "This task group is not entered yet: children are added in `async with`"
            )
        if isinstance(work, Deferred):
            return self._watched(work)
        if not isinstance(work, Coroutine):
            raise NotACoroutineError(f"{work!r} is neither a coroutine nor a Deferred")
        if self._aborting:
            work.close()
            return self._watched(Deferred())
        return self._watched(_ChildDriver(work))

    def _watched(self, child: Deferred[_T]) -> Deferred[_T]:
        """Take a child into the group."""
        result = ChildResult(child)
        self._children[child] = None
        child.addBoth(self._childEnded, child, result)
        if self._aborting:
            _cancel(child)
        return result

    def cancel(self) -> None:
        """Cancel the body and all children; the group then ends without an error of its own."""
        if not self._over:
            self._abort()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        self._inBody = False
        givenUp = self._scope.leave(error)
        cancelled: BaseException | None = None
        try:
            if error is not None and not givenUp:
                if isCancellation(error) or isinstance(error, GeneratorExit):
                    cancelled = error
                else:
                    self._addError(error)
                if cancelled is not None or not self._aborting:
                    self._abort()
            # A coroutine that is being freed can wait for nothing.
            if not isinstance(error, GeneratorExit):
                cancelled = await self._childrenEnd() or cancelled
            self._over = True
            self._raiseErrors(error)
            if cancelled is not None and cancelled is not error:
                raise cancelled
            return givenUp
        finally:
            # The frames of these exceptions may refer to this one.
            del kind, error, traceback, cancelled

    async def _childrenEnd(self) -> BaseException | None:
        """Wait for all children.

        Returns:
            The last cancellation from outside that came meanwhile.
        """
        cancelled: BaseException | None = None
        try:
            while self._children:
                self._end = GroupEnd(self._children)
                try:
                    await self._end
                except BaseException as error:
                    self._end = None
                    self._abort()
                    if not isCancellation(error):
                        # Nothing but the end of a coroutine that is being freed.
                        self._over = True
                        raise
                    cancelled = error
            return cancelled
        finally:
            self._end = None
            del cancelled

    def _raiseErrors(self, bodyError: BaseException | None) -> None:
        """Raise what has failed, if anything.

        Args:
            bodyError: What leaves the body, which Python raises again by itself.
        """
        errors = self._errors
        self._errors = []
        ending = next((error for error in errors if isinstance(error, _ENDS_PROGRAM)), None)
        try:
            if ending is not None:
                _logBeside(ending, errors)
                if ending is not bodyError:
                    raise ending
            elif errors:
                raise BaseExceptionGroup("errors in a task group", errors) from None
        finally:
            del errors, ending, bodyError

    def _childEnded(self, result: object, child: Deferred[Any], forUser: ChildResult[Any]) -> None:
        """Take note of how a child has ended."""
        self._children.pop(child, None)
        failed = isinstance(result, Failure) and not isCancellation(result.value)
        if failed:
            assert isinstance(result, Failure)
            self._addError(raisable(result))
        forUser.ended(result)
        # What runs on from here may raise, and the frames of that lead back to this one.
        del result, child, forUser
        if failed and not self._aborting:
            self._abort()
        end = self._end
        if end is not None and not self._children:
            self._end = None
            if not end.called:
                end.callback(None)

    def _addError(self, error: BaseException) -> None:
        # The body or another child that waits for a child fails with the same exception.
        if not any(known is error for known in self._errors):
            self._errors.append(error)

    def _abort(self) -> None:
        """Cancel the body and all children."""
        self._aborting = True
        for child in list(self._children):
            if child in self._children:
                _cancel(child)
        if self._inBody:
            self._scope.requestCancel()

    # Type checkers do not find _T in the second form where no plain result is returned.
    @overload
    @classmethod
    def run(
        cls,
        body: Callable[
            Concatenate[TaskGroup, _P], Deferred[_T] | Coroutine[Deferred[Any], Any, _T]
        ],
        /,
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> Deferred[_T]: ...

    @overload
    @classmethod
    def run(
        cls,
        body: Callable[
            Concatenate[TaskGroup, _P], Deferred[_T] | Coroutine[Deferred[Any], Any, _T] | _T
        ],
        /,
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> Deferred[_T]: ...

    @classmethod
    def run(
        cls,
        body: Callable[
            Concatenate[TaskGroup, _P], Deferred[_T] | Coroutine[Deferred[Any], Any, _T] | _T
        ],
        /,
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> Deferred[_T]:
        """Run a function with a task group, where there is no `async with`.

        Args:
            body: Called with a group that is entered, and the other arguments. It may return a
                Deferred or a coroutine, and the group lasts at least until it ends.
            args: More arguments for it.
            kwargs: Keyword arguments for it, of any name.

        Returns:
            A Deferred of what the body returns, when all children have ended. It fails with what
            leaves the group, or with `CancelledError` where `cancel` was called before the body
            had ended. Cancelling it cancels the body and all children.
        """

        async def grouped() -> _T:
            async with cls() as group:
                return await maybeDeferred(body, group, *args, **kwargs)
            raise CancelledError("The task group was cancelled")

        return fromCoroutine(grouped())


__all__ = ["ChildResult", "GroupEnd", "GroupScope", "TaskGroup"]
