"""The errors of server and client; those that a server answers with know their reply."""

from twisted.protocols.ftp import _replies


class FTPCmdError(Exception):
    """A command that fails with a certain reply.

    Attributes:
        errorCode: The key of the reply.
        errorMessage: What goes into its places.
    """

    errorCode: str = _replies.REQ_ACTN_NOT_TAKEN

    def __init__(self, *msg: object) -> None:
        """Make an error.

        Args:
            msg: What goes into the places of the reply.
        """
        super().__init__(*msg)
        self.errorMessage = msg

    def response(self) -> str:
        """Return the line to send, without its end."""
        return f"{_replies.codeOf(self.errorCode)} {_replies.textOf(self.errorCode, self.errorMessage)}"


class FileNotFoundError(FTPCmdError):
    """There is no such file or directory; so it is called what may not be known too."""

    errorCode = _replies.FILE_NOT_FOUND


class AnonUserDeniedError(FTPCmdError):
    """A guest tried what guests may not do."""

    errorCode = _replies.ANON_USER_DENIED


class PermissionDeniedError(FTPCmdError):
    """The user may not do this."""

    errorCode = _replies.PERMISSION_DENIED


class IsNotADirectoryError(FTPCmdError):
    """A directory is needed, and this is something else."""

    errorCode = _replies.IS_NOT_A_DIR


class FileExistsError(FTPCmdError):
    """The name is taken."""

    errorCode = _replies.FILE_EXISTS


class IsADirectoryError(FTPCmdError):
    """A file is needed, and this is a directory."""

    errorCode = _replies.IS_A_DIR


class CmdSyntaxError(FTPCmdError):
    """The line is no command."""

    errorCode = _replies.SYNTAX_ERR


class CmdArgSyntaxError(FTPCmdError):
    """The command does not take this argument."""

    errorCode = _replies.SYNTAX_ERR_IN_ARGS


class CmdNotImplementedError(FTPCmdError):
    """There is no such command."""

    errorCode = _replies.CMD_NOT_IMPLMNTD


class CmdNotImplementedForArgError(FTPCmdError):
    """The command is there, but not for this argument."""

    errorCode = _replies.CMD_NOT_IMPLMNTD_FOR_PARAM


class PASVIPv6NotImplementedError(FTPCmdError):
    """PASV can not name an address of IPv6."""

    errorCode = _replies.PASV_IPV6_NOT_IMPLEMENTED


class UnsupportedNetworkProtocolError(FTPCmdError):
    """EPRT or EPSV asks for a network protocol that the connection does not have."""

    errorCode = _replies.UNSUPPORTED_NETWORK_PROTOCOL


class BadCmdSequenceError(FTPCmdError):
    """Another command has to come first."""

    errorCode = _replies.BAD_CMD_SEQ


class AuthorizationError(FTPCmdError):
    """Nobody was let in by these credentials."""

    errorCode = _replies.AUTH_FAILURE


class _OtherError(FTPCmdError):
    """A command that fails with a reply that has no class of its own."""

    def __init__(self, errorCode: str, *msg: object) -> None:
        super().__init__(*msg)
        self.errorCode = errorCode


class PortConnectionError(Exception):
    """A data connection was not made."""


class InvalidPath(Exception):
    """A path leads out of the root, or has characters that no path may have."""


class FTPError(Exception):
    """What goes wrong in a client."""


class ConnectionLost(FTPError):
    """The connection ended before the reply came."""


class CommandFailed(FTPError):
    """The server refused a command; the argument has the lines of its reply."""


class BadResponse(FTPError):
    """What the server sent is no reply."""


class UnexpectedResponse(FTPError):
    """A reply came that nobody waited for, or that does not fit the command."""


class UnexpectedData(FTPError):
    """The server sent data on a connection that is for sending to it."""
