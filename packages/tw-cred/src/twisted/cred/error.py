"""Why somebody is not let in."""


class Unauthorized(Exception):
    """Somebody may not do what they tried to do."""


class LoginFailed(Unauthorized):
    """Somebody could not log in; every refusal of a portal is of this kind."""


class UnauthorizedLogin(LoginFailed):
    """The credentials are not valid: no such user, or not the right secret.

    Which of the two it was is not told, since the peer is not to learn it.
    """


class UnhandledCredentials(LoginFailed):
    """No checker of the portal knows this kind of credentials."""


class LoginDenied(LoginFailed):
    """The realm turned away somebody whose credentials are valid."""


__all__ = [
    "LoginDenied",
    "LoginFailed",
    "Unauthorized",
    "UnauthorizedLogin",
    "UnhandledCredentials",
]
