"""What becomes the response to a request that goes wrong."""

from twisted.protocols.sip._names import statusCodes


class SIPError(Exception):
    """A request goes wrong; who has sent it gets a response with this status.

    Attributes:
        code: The status.
        phrase: The same for people.
    """

    def __init__(self, code: int, phrase: str | None = None) -> None:
        """Choose a status.

        Args:
            code: The status.
            phrase: The same for people; the usual one if None.
        """
        if phrase is None:
            phrase = statusCodes.get(code, "Unknown")
        super().__init__(f"SIP error ({code}): {phrase}")
        self.code = code
        self.phrase = phrase


class RegistrationError(SIPError):
    """An address is not registered; the status says why."""


__all__ = ["RegistrationError", "SIPError"]
