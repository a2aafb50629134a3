"""AMP, the Asynchronous Messaging Protocol: calls in both directions over one connection.

A `Command` is the signature of a call, which both sides share; a `TypedCommand` is one whose
arguments and result type checkers know. `AMP` is the protocol: `callRemote` makes a call, methods
under a `responder` decorator answer those of the peer. Each call is a box, a dictionary of bytes,
and each answer is one; `IBoxReceiver` is for programs that want to see those.
"""

from twisted.protocols.amp._amp import AMP
from twisted.protocols.amp._arguments import (
    MAX_NUMBER_LENGTH,
    Argument,
    Boolean,
    DateTime,
    Decimal,
    Float,
    Integer,
    Path,
    String,
    Unicode,
    utc,
)
from twisted.protocols.amp._binaryprotocol import (
    MAX_DESCRIPTORS,
    MAX_UNSENT,
    BinaryBoxProtocol,
)
from twisted.protocols.amp._boxcodec import MAX_KEY_LENGTH, MAX_VALUE_LENGTH
from twisted.protocols.amp._boxes import (
    ANSWER,
    ASK,
    COMMAND,
    ERROR,
    ERROR_CODE,
    ERROR_DESCRIPTION,
    MAX_BOX_SIZE,
    MAX_KEYS,
    AmpBox,
    Box,
    QuitBox,
    parse,
    parseString,
)
from twisted.protocols.amp._commands import Command
from twisted.protocols.amp._deadlines import Within
from twisted.protocols.amp._dispatcher import (
    MAX_BOXES_IN_WORK,
    MAX_BOXES_WAITING,
    MAX_PENDING_CALLS,
    BoxDispatcher,
)
from twisted.protocols.amp._errors import (
    PROTOCOL_ERRORS,
    UNHANDLED_ERROR_CODE,
    UNKNOWN_ERROR_CODE,
    AmpError,
    BadLocalReturn,
    BoxTooLarge,
    IncompatibleVersions,
    InvalidSignature,
    MalformedAmpBox,
    NoEmptyBoxes,
    OnlyOneTLS,
    ProtocolSwitched,
    RemoteAmpError,
    TooLong,
    TooManyCalls,
    UnhandledCommand,
    UnknownRemoteError,
)
from twisted.protocols.amp._interfaces import (
    IArgumentType,
    IBoxReceiver,
    IBoxSender,
    IResponderLocator,
)
from twisted.protocols.amp._locators import CommandLocator, SimpleStringLocator
from twisted.protocols.amp._names import PYTHON_KEYWORDS
from twisted.protocols.amp._starttls import StartTLS
from twisted.protocols.amp._structured import AmpList, Descriptor, ListOf
from twisted.protocols.amp._switching import ProtocolSwitchCommand
from twisted.protocols.amp._typedcommands import Message, TypedCommand

__all__ = [
    "AMP",
    "ANSWER",
    "ASK",
    "COMMAND",
    "ERROR",
    "ERROR_CODE",
    "ERROR_DESCRIPTION",
    "MAX_BOXES_IN_WORK",
    "MAX_BOXES_WAITING",
    "MAX_BOX_SIZE",
    "MAX_DESCRIPTORS",
    "MAX_KEYS",
    "MAX_KEY_LENGTH",
    "MAX_NUMBER_LENGTH",
    "MAX_PENDING_CALLS",
    "MAX_UNSENT",
    "MAX_VALUE_LENGTH",
    "PROTOCOL_ERRORS",
    "PYTHON_KEYWORDS",
    "UNHANDLED_ERROR_CODE",
    "UNKNOWN_ERROR_CODE",
    "AmpBox",
    "AmpError",
    "AmpList",
    "Argument",
    "BadLocalReturn",
    "BinaryBoxProtocol",
    "Boolean",
    "Box",
    "BoxDispatcher",
    "BoxTooLarge",
    "Command",
    "CommandLocator",
    "DateTime",
    "Decimal",
    "Descriptor",
    "Float",
    "IArgumentType",
    "IBoxReceiver",
    "IBoxSender",
    "IResponderLocator",
    "IncompatibleVersions",
    "Integer",
    "InvalidSignature",
    "ListOf",
    "MalformedAmpBox",
    "Message",
    "NoEmptyBoxes",
    "OnlyOneTLS",
    "Path",
    "ProtocolSwitchCommand",
    "ProtocolSwitched",
    "QuitBox",
    "RemoteAmpError",
    "SimpleStringLocator",
    "StartTLS",
    "String",
    "TooLong",
    "TooManyCalls",
    "TypedCommand",
    "Unicode",
    "UnhandledCommand",
    "UnknownRemoteError",
    "Within",
    "parse",
    "parseString",
    "utc",
]
