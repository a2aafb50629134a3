"""What a server answers: the codes of RFC 959 and its successors, and a text for each.

A reply is named by a key, `CODE.NUMBER`, since several share a code. `RESPONSE` has the texts; where
one has places (`%s`), the arguments of the reply go there.
"""

from collections.abc import Sequence

RESTART_MARKER_REPLY = "110.1"
SERVICE_READY_IN_N_MINUTES = "120.1"
DATA_CNX_ALREADY_OPEN_START_XFR = "125.1"
FILE_STATUS_OK_OPEN_DATA_CNX = "150.1"

CMD_OK = "200.1"
TYPE_SET_OK = "200.2"
ENTERING_PORT_MODE = "200.3"
EPSV_ALL_OK = "200.4"
PROTECTION_SET_OK = "200.5"
CMD_NOT_IMPLMNTD_SUPERFLUOUS = "202.1"
SYS_STATUS_OR_HELP_REPLY = "211.1"
FEAT_OK = "211.2"
DIR_STATUS = "212.1"
FILE_STATUS = "213.1"
HELP_MSG = "214.1"
NAME_SYS_TYPE = "215.1"
SVC_READY_FOR_NEW_USER = "220.1"
WELCOME_MSG = "220.2"
SVC_CLOSING_CTRL_CNX = "221.1"
GOODBYE_MSG = "221.2"
DATA_CNX_OPEN_NO_XFR_IN_PROGRESS = "225.1"
CLOSING_DATA_CNX = "226.1"
TXFR_COMPLETE_OK = "226.2"
ENTERING_PASV_MODE = "227.1"
ENTERING_EPSV_MODE = "229.1"
USR_LOGGED_IN_PROCEED = "230.1"
GUEST_LOGGED_IN_PROCEED = "230.2"
TLS_BEGINS = "234.1"
REQ_FILE_ACTN_COMPLETED_OK = "250.1"
PWD_REPLY = "257.1"
MKD_REPLY = "257.2"

USR_NAME_OK_NEED_PASS = "331.1"
GUEST_NAME_OK_NEED_EMAIL = "331.2"
NEED_ACCT_FOR_LOGIN = "332.1"
REQ_FILE_ACTN_PENDING_FURTHER_INFO = "350.1"
RESTARTING_AT = "350.2"

SVC_NOT_AVAIL_CLOSING_CTRL_CNX = "421.1"
TOO_MANY_CONNECTIONS = "421.2"
CANT_OPEN_DATA_CNX = "425.1"
CNX_CLOSED_TXFR_ABORTED = "426.1"
REQ_ACTN_ABRTD_FILE_UNAVAIL = "450.1"
REQ_ACTN_ABRTD_LOCAL_ERR = "451.1"
REQ_ACTN_ABRTD_INSUFF_STORAGE = "452.1"

SYNTAX_ERR = "500.1"
SYNTAX_ERR_IN_ARGS = "501.1"
CMD_NOT_IMPLMNTD = "502.1"
OPTS_NOT_IMPLEMENTED = "502.2"
PASV_IPV6_NOT_IMPLEMENTED = "502.3"
BAD_CMD_SEQ = "503.1"
CMD_NOT_IMPLMNTD_FOR_PARAM = "504.1"
UNSUPPORTED_NETWORK_PROTOCOL = "522.1"
DATA_MUST_BE_PROTECTED = "522.2"
NOT_LOGGED_IN = "530.1"
AUTH_FAILURE = "530.2"
TLS_REQUIRED = "530.3"
NEED_ACCT_FOR_STOR = "532.1"
REQ_ACTN_NOT_TAKEN = "550.1"
FILE_NOT_FOUND = "550.2"
PERMISSION_DENIED = "550.3"
ANON_USER_DENIED = "550.4"
IS_NOT_A_DIR = "550.5"
FILE_EXISTS = "550.6"
IS_A_DIR = "550.7"
PAGE_TYPE_UNK = "551.1"
EXCEEDED_STORAGE_ALLOC = "552.1"
FILENAME_NOT_ALLOWED = "553.1"
RESTART_NOT_POSSIBLE = "554.1"

RESPONSE: dict[str, str] = {
    RESTART_MARKER_REPLY: "MARK %s = %s",
    SERVICE_READY_IN_N_MINUTES: "Ready in %s minutes",
    DATA_CNX_ALREADY_OPEN_START_XFR: "The data connection is open, the transfer begins",
    FILE_STATUS_OK_OPEN_DATA_CNX: "Opening the data connection",
    CMD_OK: "OK",
    TYPE_SET_OK: "Type is %s",
    ENTERING_PORT_MODE: "Will connect to this port",
    EPSV_ALL_OK: "No other way to open data connections will be taken",
    PROTECTION_SET_OK: "%s",
    CMD_NOT_IMPLMNTD_SUPERFLUOUS: "Not needed here",
    SYS_STATUS_OR_HELP_REPLY: "Status",
    FEAT_OK: "Features",
    DIR_STATUS: "%s",
    FILE_STATUS: "%s",
    HELP_MSG: "Commands",
    NAME_SYS_TYPE: "UNIX Type: L8",
    SVC_READY_FOR_NEW_USER: "Ready",
    WELCOME_MSG: "%s",
    SVC_CLOSING_CTRL_CNX: "Closing the connection",
    GOODBYE_MSG: "Goodbye",
    DATA_CNX_OPEN_NO_XFR_IN_PROGRESS: "No transfer is going on",
    CLOSING_DATA_CNX: "The data connection is closed",
    TXFR_COMPLETE_OK: "The transfer is complete",
    ENTERING_PASV_MODE: "Entering passive mode (%s)",
    ENTERING_EPSV_MODE: "Entering extended passive mode (|||%s|)",
    USR_LOGGED_IN_PROCEED: "Logged in",
    GUEST_LOGGED_IN_PROCEED: "Logged in as a guest",
    TLS_BEGINS: "Begin TLS",
    REQ_FILE_ACTN_COMPLETED_OK: "Done",
    PWD_REPLY: '"%s" is the current directory',
    MKD_REPLY: '"%s" was made',
    USR_NAME_OK_NEED_PASS: "A password is needed for %s",
    GUEST_NAME_OK_NEED_EMAIL: "Any password will do, such as an address of yours",
    NEED_ACCT_FOR_LOGIN: "An account is needed to log in",
    REQ_FILE_ACTN_PENDING_FURTHER_INFO: "Go on",
    RESTARTING_AT: "The next transfer begins at %s",
    SVC_NOT_AVAIL_CLOSING_CTRL_CNX: "%s; closing the connection",
    TOO_MANY_CONNECTIONS: "Too many connections, try again later",
    CANT_OPEN_DATA_CNX: "The data connection can not be opened",
    CNX_CLOSED_TXFR_ABORTED: "The transfer was broken off, the data connection is closed",
    REQ_ACTN_ABRTD_FILE_UNAVAIL: "The file is in use",
    REQ_ACTN_ABRTD_LOCAL_ERR: "An error on this side ended it",
    REQ_ACTN_ABRTD_INSUFF_STORAGE: "There is not enough space left",
    SYNTAX_ERR: "%s",
    SYNTAX_ERR_IN_ARGS: "%s does not take this argument",
    CMD_NOT_IMPLMNTD: "There is no command %s",
    OPTS_NOT_IMPLEMENTED: "There is no option %s",
    PASV_IPV6_NOT_IMPLEMENTED: "PASV is for IPv4 only, use EPSV",
    BAD_CMD_SEQ: "%s",
    CMD_NOT_IMPLMNTD_FOR_PARAM: "%s is not supported",
    UNSUPPORTED_NETWORK_PROTOCOL: "Not a network protocol of this server, use (%s)",
    DATA_MUST_BE_PROTECTED: "Data connections have to be protected: PROT P",
    NOT_LOGGED_IN: "Log in first, by USER and PASS",
    AUTH_FAILURE: "No such user, or not this password",
    TLS_REQUIRED: "Begin TLS first, by AUTH TLS",
    NEED_ACCT_FOR_STOR: "An account is needed to store files",
    REQ_ACTN_NOT_TAKEN: "It could not be done",
    FILE_NOT_FOUND: "%s: no such file or directory",
    PERMISSION_DENIED: "%s: not permitted",
    ANON_USER_DENIED: "Guests may not do this",
    IS_NOT_A_DIR: "%s: not a directory",
    FILE_EXISTS: "%s: exists already",
    IS_A_DIR: "%s: is a directory",
    PAGE_TYPE_UNK: "This type of page is not known",
    EXCEEDED_STORAGE_ALLOC: "The file is larger than allowed",
    FILENAME_NOT_ALLOWED: "This name is not allowed",
    RESTART_NOT_POSSIBLE: "The file can not be begun there",
}
"""The text of each reply; `%s` stands for its arguments."""

_CONTROLS = dict.fromkeys((*range(32), 127), "?")


def codeOf(key: str) -> str:
    """Return the three digits of a reply.

    Args:
        key: Which one.
    """
    return key[:3]


def textOf(key: str, args: Sequence[object]) -> str:
    """Return the text of a reply, in one line whatever its arguments are.

    Args:
        key: Which one.
        args: What goes into its places.
    """
    places = RESPONSE[key].count("%s")
    filled = tuple(args[:places]) + ("",) * (places - len(args))
    text = RESPONSE[key] % filled if places else RESPONSE[key]
    return text.translate(_CONTROLS)


def quoted(path: str) -> str:
    """Return a path as it stands between quotes in the reply 257: its quotes are doubled.

    Args:
        path: The path.
    """
    return path.replace('"', '""')
