"""The dispatcher: makes calls of boxes, in both directions.

A call that goes out gets a tag, and its Deferred waits under it for the box that answers. A call
that comes in is handed to its responder, whose answer goes out with the tag of the request.

What a peer can make us keep is bounded. No more than `MAX_BOXES_IN_WORK` requests are answered at
the same time; those that come meanwhile wait in order, and while any do, `_holdReading` lets the
connection read no more. It must read on if answers to calls of ours are to come, or two peers
that call each other back would wait for each other for ever; then what waits is bounded by
`MAX_BOXES_WAITING`.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Literal, ParamSpec, TypeVar, cast, overload

from twisted.internet.defer import CancelledError, Deferred, fail, maybeDeferred
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.protocols.amp._boxcodec import MAX_VALUE_LENGTH
from twisted.protocols.amp._boxes import (
    ANSWER,
    ASK,
    COMMAND,
    ERROR,
    ERROR_CODE,
    ERROR_DESCRIPTION,
    AmpBox,
    QuitBox,
)
from twisted.protocols.amp._commands import Command, Response
from twisted.protocols.amp._deadlines import Within
from twisted.protocols.amp._errors import (
    UNHANDLED_ERROR_CODE,
    UNKNOWN_ERROR_CODE,
    BadLocalReturn,
    InvalidSignature,
    MalformedAmpBox,
    NoEmptyBoxes,
    ProtocolSwitched,
    RemoteAmpError,
    TooLong,
    TooManyCalls,
    UnhandledCommand,
    asText,
)
from twisted.protocols.amp._extensions import (
    CANCEL,
    CANCELLED_ERROR_CODE,
    LONG_VALUES,
    Agree,
    Cancel,
)
from twisted.protocols.amp._interfaces import IBoxReceiver, IBoxSender, IResponderLocator
from twisted.protocols.amp._locators import CommandResponder
from twisted.protocols.amp._questions import Question
from twisted.protocols.amp._typedcommands import TypedCommand
from twisted.python.components import implementer
from twisted.python.failure import Failure

_P = ParamSpec("_P")
_R = TypeVar("_R")

MAX_PENDING_CALLS = 100_000
"""How many calls may wait for their answers."""

MAX_BOXES_IN_WORK = 1000
"""How many requests of the peer are answered at the same time."""

MAX_BOXES_WAITING = 10_000
"""How many requests of the peer may wait while it owes us answers."""


def _cancelled() -> RemoteAmpError:
    return RemoteAmpError(CANCELLED_ERROR_CODE, "The call was cancelled")


@implementer(IBoxReceiver)
class BoxDispatcher:
    """Receives boxes and takes them for requests and answers.

    Attributes:
        boxSender: Sends the boxes; None before there is a connection.
        locator: Knows who answers what.
        maxPendingCalls: How many calls may wait for their answers.
        maxBoxesInWork: How many requests of the peer are answered at the same time.
        maxBoxesWaiting: How many may wait while the peer owes us answers.
    """

    boxSender: IBoxSender | None = None
    maxPendingCalls: int = MAX_PENDING_CALLS
    maxBoxesInWork: int = MAX_BOXES_IN_WORK
    maxBoxesWaiting: int = MAX_BOXES_WAITING

    _log = Logger("twisted.protocols.amp")
    _lost: Failure | None = None
    _tellOfCancelling = False

    def __init__(self, locator: IResponderLocator) -> None:
        """Make a dispatcher.

        Args:
            locator: Knows who answers what.
        """
        self.locator: IResponderLocator = locator
        self._counter = 0
        self._questions: dict[bytes, Question] = {}
        self._inWork = 0
        # In order, by numbers, which are known by their tags: any of them may be given up.
        self._waiting: OrderedDict[int, AmpBox] = OrderedDict()
        self._waitingNumbers: dict[bytes, int] = {}
        self._received = 0
        self._resuming = False
        # The requests that are being answered, by their tags, and those that the peer gave up.
        self._answers: dict[bytes, Deferred[Any]] = {}
        self._cancelledTags: set[bytes] = set()

    # IBoxReceiver

    def startReceivingBoxes(self, boxSender: IBoxSender) -> None:
        """Learn what boxes are sent with.

        Args:
            boxSender: Sends them.
        """
        self.boxSender = boxSender

    def stopReceivingBoxes(self, reason: Failure) -> None:
        """Fail all calls that wait, and those that are made from now on.

        Args:
            reason: What they fail with.
        """
        self._dropWaiting()
        self.failAllOutgoing(reason)

    def _dropWaiting(self) -> None:
        """Forget the requests that wait for their turn."""
        self._waiting.clear()
        self._waitingNumbers.clear()

    def failAllOutgoing(self, reason: Failure) -> None:
        """Fail all calls that wait, and those that are made from now on.

        Args:
            reason: What they fail with.
        """
        self._lost = reason
        questions, self._questions = self._questions, {}
        for question in questions.values():
            question.lose(reason)

    def ampBoxReceived(self, box: AmpBox) -> None:
        """Take a box that is a request or an answer.

        Args:
            box: The box.

        Raises:
            NoEmptyBoxes: It is neither.
            MalformedAmpBox: It answers what was not asked.
            TooManyCalls: Too many requests are waiting.
        """
        if ANSWER in box:
            self._takeQuestion(box[ANSWER]).answer(box)
        elif ERROR in box:
            self._takeQuestion(box[ERROR]).fail(box)
        elif COMMAND in box:
            if self._inWork < self.maxBoxesInWork or box[COMMAND] == Cancel.commandName:
                self._requested(box)
                return
            if len(self._waiting) >= self.maxBoxesWaiting:
                raise TooManyCalls(
                    f"the peer has {self.maxBoxesInWork} requests in work and "
                    f"{self.maxBoxesWaiting} waiting, and sends more"
                )
            self._received += 1
            self._waiting[self._received] = box
            if (tag := box.get(ASK)) is not None:
                self._waitingNumbers[tag] = self._received
        else:
            raise NoEmptyBoxes(f"the box is neither a request nor an answer: {sorted(box)[:8]!r}")
        if self._waiting:
            self._holdReading(not self._questions)

    def unhandledError(self, failure: Failure) -> None:
        """Log an error that nobody has taken care of, and close the connection.

        Args:
            failure: The error.
        """
        if self.boxSender is not None:
            self.boxSender.unhandledError(failure)

    # Calls that go out

    @overload
    def callRemote(
        self, commandType: Callable[_P, TypedCommand[_R]], /, *a: _P.args, **kw: _P.kwargs
    ) -> Deferred[_R]: ...
    @overload
    def callRemote(
        self,
        commandType: type[Command],
        /,
        *a: Any,  # noqa: ANN401 - what the command takes
        **kw: Any,  # noqa: ANN401 - the same
    ) -> Deferred[Response]: ...
    def callRemote(self, commandType: Any, /, *a: Any, **kw: Any) -> Deferred[Any]:
        """Send a command to the peer.

        Args:
            commandType: The command: a subclass of `Command` or `TypedCommand`.
            a: What some commands take besides their arguments.
            kw: The arguments.

        Returns:
            A Deferred of what the peer answers: a dict of what the command's `response` names, or
            the result of a typed command; None if the command's `requiresAnswer` is false.

            It fails with an exception that the command lists, with `UnknownRemoteError` if the
            peer failed otherwise, with `UnhandledCommand` if it has no responder, with
            `InvalidSignature` if an argument is missing, with `TooManyCalls`, or with the reason
            why the connection was lost. If it is cancelled, nobody waits for the answer any more.

        Raises:
            InvalidSignature: An argument is unknown.
            TypeError: An argument has the wrong type.
            TooLong: An argument is too long.
            ProtocolSwitched: The connection speaks another protocol.
        """
        try:
            command: Command | TypedCommand[Any] = commandType(*a, **kw)
        except InvalidSignature:
            return fail()
        # None for a command without an answer, as the text says.
        return cast("Deferred[Any]", command._doCommand(self))

    @overload
    def callRemoteString(
        self, command: bytes, requiresAnswer: Literal[True] = True, **kw: bytes
    ) -> Deferred[AmpBox]: ...
    @overload
    def callRemoteString(
        self, command: bytes, requiresAnswer: bool, **kw: bytes
    ) -> Deferred[AmpBox] | None: ...
    def callRemoteString(
        self, command: bytes, requiresAnswer: bool = True, **kw: bytes
    ) -> Deferred[AmpBox] | None:
        """Send a command by its name alone.

        Args:
            command: Its name on the wire.
            requiresAnswer: Whether the peer is to answer.
            kw: What the box of the request holds besides.

        Returns:
            A Deferred of the box of the answer; None if there will be none. It fails as that of
            `callRemote`, and with `RemoteAmpError` for codes that are not known.

        Raises:
            TypeError: The name or a value is not bytes.
            TooLong: A value is too long.
        """
        return self._send(None, command, requiresAnswer, AmpBox(**kw))

    def within(self, seconds: float, clock: IReactorTime) -> Within:
        """Make calls with a deadline: `protocol.within(5, reactor).callRemote(Sum, a=1, b=2)`.

        Args:
            seconds: How long an answer may take.
            clock: Measures it, usually the reactor.

        Returns:
            What has a method `callRemote`.
        """
        return Within(self, seconds, clock)

    def agreeOnExtensions(self) -> Deferred[frozenset[str]]:
        """Ask the peer what it can do beyond AMP, and do that from then on.

        A peer of ours takes values of more than 65,535 bytes (`long-values`), and cancels what its
        responder does when a call is cancelled (`cancel`). Others see a command that they do not
        know, and nothing changes.

        Returns:
            A Deferred of the extensions that both sides can do; empty where the peer knows none.
        """
        offer = {"extensions": self._extensions(), "max_box_size": self._takeLongValues()}
        return self.callRemote(Agree, **offer).addCallbacks(self._agreed, self._noneAgreed)

    def _extensions(self) -> list[bytes]:
        """Return what this side can do."""
        return [CANCEL, LONG_VALUES]

    def _agreed(self, answer: Response) -> frozenset[str]:
        """Do what both sides can do."""
        both = frozenset(self._extensions()).intersection(answer["extensions"])
        self._tellOfCancelling = CANCEL in both
        if LONG_VALUES in both and answer["max_box_size"] > 0:
            self._sendLongValues(answer["max_box_size"])
        return frozenset(extension.decode("ascii") for extension in both)

    def _noneAgreed(self, failure: Failure) -> frozenset[str]:
        failure.trap(UnhandledCommand)
        return frozenset()

    def _takeLongValues(self) -> int:
        """Understand long values from here on; where there is a stream of them."""
        return 0

    def _sendLongValues(self, longest: int) -> None:
        """Send long values from here on; where there is a stream of them."""

    def _ask(self, command: type[Command], box: AmpBox) -> Deferred[Any] | None:
        """Send a request that is complete but for its name and tag."""
        return self._send(command, command.commandName, command.requiresAnswer, box)

    def _send(
        self, command: type[Command] | None, name: bytes, requiresAnswer: bool, box: AmpBox
    ) -> Deferred[Any] | None:
        if self._lost is not None:
            return fail(self._lost) if requiresAnswer else None
        sender = self.boxSender
        if sender is None:
            raise RuntimeError("there is no connection yet: call when connectionMade was called")
        box[COMMAND] = name
        if not requiresAnswer:
            box._sendTo(sender)
            return None
        if len(self._questions) >= self.maxPendingCalls:
            return fail(TooManyCalls(f"{self.maxPendingCalls} calls wait for their answers"))
        self._counter += 1
        tag = b"%x" % self._counter
        box[ASK] = tag
        sender.sendBox(box)
        question = Question(command, self, tag)
        self._questions[tag] = question
        if self._waiting:
            self._holdReading(False)
        return question.deferred

    def _takeQuestion(self, tag: bytes) -> Question:
        question = self._questions.pop(tag, None)
        if question is None:
            raise MalformedAmpBox(f"the peer answers {tag[:40]!r}, which was not asked")
        return question

    def _callCancelled(self, tag: bytes) -> None:
        """Learn that nobody waits for an answer any more."""
        if self._tellOfCancelling and self._lost is None:
            try:
                self.callRemote(Cancel, tag=tag)
            except (ProtocolSwitched, ConnectionLost):
                # There is nobody any more to be told.
                pass

    # Calls that come in

    def dispatchCommand(self, box: AmpBox) -> Deferred[AmpBox]:
        """Have a request answered.

        Args:
            box: The request.

        Returns:
            A Deferred of the box of the answer, or of the error.
        """
        return maybeDeferred(self._dispatch, box)

    def _dispatch(self, box: AmpBox) -> AmpBox | Deferred[AmpBox]:
        name = box[COMMAND]
        responder = self.locator.locateResponder(name)
        if responder is None:
            if name == Agree.commandName:
                return self._agree(box)
            if name == Cancel.commandName:
                return self._cancel(Cancel.parseArguments(box, self)["tag"])
            raise RemoteAmpError(UNHANDLED_ERROR_CODE, f"Unhandled Command: {name!r}")
        if isinstance(responder, CommandResponder):
            return responder.answer(box, self)
        return responder(box)

    def _agree(self, box: AmpBox) -> AmpBox:
        """Answer what this side can do, and do what both can."""
        self._agreed(Agree.parseArguments(box, self))
        offer = {"extensions": self._extensions(), "max_box_size": self._takeLongValues()}
        return Agree.makeResponse(offer, self)

    def _cancel(self, tag: bytes) -> AmpBox:
        """Cancel what a responder does, or what it would have done."""
        number = self._waitingNumbers.pop(tag, None)
        if number is not None and self._waiting.pop(number, None) is not None:
            self._sendError(Failure(_cancelled()), tag)
        answer = self._answers.get(tag)
        if answer is not None:
            self._cancelledTags.add(tag)
            answer.cancel()
        return AmpBox()

    def _requested(self, box: AmpBox) -> None:
        """Answer a request, now or when its responder is done."""
        tag = box.get(ASK)
        try:
            answer: AmpBox | Deferred[AmpBox] = self._dispatch(box)
        except Exception:
            self._sendError(Failure(), tag)
            return
        if not isinstance(answer, Deferred):
            self._sendAnswer(answer, tag)
            return
        self._inWork += 1
        if tag is not None:
            self._answers[tag] = answer
        answer.addCallbacks(self._sendAnswer, self._sendError, (tag,), None, (tag,))
        answer.addBoth(self._workDone, tag)

    def _workDone(self, result: object, tag: bytes | None) -> None:
        self._inWork -= 1
        if tag is not None:
            self._answers.pop(tag, None)
            self._cancelledTags.discard(tag)
        # One that is done at once comes by here again.
        if self._resuming or not self._waiting:
            return
        self._resuming = True
        try:
            while self._waiting and self._inWork < self.maxBoxesInWork:
                number, box = self._waiting.popitem(last=False)
                waitingTag = box.get(ASK)
                if waitingTag is not None and self._waitingNumbers.get(waitingTag) == number:
                    del self._waitingNumbers[waitingTag]
                self._requested(box)
        finally:
            self._resuming = False
        if not self._waiting:
            self._holdReading(False)

    def _holdReading(self, hold: bool) -> None:
        """Read no more boxes for now, or read on; where there is a connection to hold."""

    def _sendAnswer(self, box: AmpBox, tag: bytes | None) -> None:
        if tag is None:
            return
        try:
            box[ANSWER] = tag
            self._reply(box)
        except (TooLong, TypeError) as error:
            self._sendError(
                Failure(BadLocalReturn("a responder's answer cannot be sent", Failure(error))), tag
            )

    def _sendError(self, failure: Failure, tag: bytes | None) -> None:
        error = failure.value
        if tag in self._cancelledTags and isinstance(error, CancelledError):
            error = _cancelled()
        if not isinstance(error, RemoteAmpError):
            self._log.failure("A responder failed; its connection is closed", failure)
            error = RemoteAmpError(UNKNOWN_ERROR_CODE, "Unknown Error", True)
        elif tag is None:
            self._log.warn("A request that wants no answer failed: {error}", error=error)
        if tag is None:
            if error.fatal:
                self._quit()
            return
        box = QuitBox() if error.fatal else AmpBox()
        box[ERROR] = tag
        box[ERROR_CODE] = error.errorCode
        box[ERROR_DESCRIPTION] = asText(error.description).encode()[:MAX_VALUE_LENGTH]
        self._reply(box)

    def _quit(self) -> None:
        """Close the connection; where there is one to close."""

    def _reply(self, box: AmpBox) -> None:
        """Send an answer, unless there is nobody any more to send it to."""
        sender = self.boxSender
        if self._lost is not None or sender is None:
            return
        try:
            if type(box) is AmpBox:
                sender.sendBox(box)
            else:
                box._sendTo(sender)
        except ProtocolSwitched:
            keep: Callable[[AmpBox], None] | None = getattr(sender, "_keepAnswer", None)
            if keep is not None:
                keep(box)
        except (ConnectionLost, ConnectionDone):
            pass


__all__ = [
    "MAX_BOXES_IN_WORK",
    "MAX_BOXES_WAITING",
    "MAX_PENDING_CALLS",
    "BoxDispatcher",
]
