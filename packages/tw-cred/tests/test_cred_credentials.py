"""Credentials that are values, and CRAM-MD5."""

import pytest

from twisted.cred.credentials import (
    Anonymous,
    CramMD5Credentials,
    IAnonymous,
    ISSHPrivateKey,
    IUsernameHashedPassword,
    IUsernamePassword,
    SSHPrivateKey,
    UsernameHashedPassword,
    UsernamePassword,
)
from twisted.cred.credentials._cram import MAXIMUM_RESPONSE
from twisted.cred.error import LoginFailed
from twisted.python.components import verifyObject


def test_password_is_compared() -> None:
    credentials = UsernamePassword(b"alice", b"sesame")
    assert verifyObject(IUsernamePassword, credentials)
    assert (credentials.username, credentials.password) == (b"alice", b"sesame")
    assert credentials.checkPassword(b"sesame") is True
    assert credentials.checkPassword(b"sesam") is False


def test_hash_is_compared_with_what_the_checker_has() -> None:
    credentials = UsernameHashedPassword(b"alice", b"0123")
    assert verifyObject(IUsernameHashedPassword, credentials)
    assert credentials.checkPassword(b"0123") is True
    assert credentials.checkPassword(b"sesame") is False


def test_anonymous_has_nothing() -> None:
    assert verifyObject(IAnonymous, Anonymous())


def test_key_keeps_what_it_is_given() -> None:
    credentials = SSHPrivateKey(b"alice", b"ssh-ed25519", b"blob", b"data", None)
    assert verifyObject(ISSHPrivateKey, credentials)
    assert credentials.signature is None


def test_cram_answer_of_the_rfc() -> None:
    credentials = CramMD5Credentials()
    credentials.challenge = b"<1896.697170952@postoffice.reston.mci.net>"
    credentials.setResponse(b"tim b913a602c7eda7a495b4e6e7334d3890")
    assert verifyObject(IUsernameHashedPassword, credentials)
    assert credentials.username == b"tim"
    assert credentials.checkPassword(b"tanstaaftanstaaf") is True
    assert credentials.checkPassword(b"tanstaaf") is False


def test_cram_challenge_is_made_once_for_a_login() -> None:
    credentials = CramMD5Credentials("example.org")
    challenge = credentials.getChallenge()
    assert challenge.endswith(b"@example.org>")
    assert credentials.getChallenge() == challenge
    assert CramMD5Credentials("example.org").getChallenge() != challenge
    assert credentials.moreChallenges() is False


def test_cram_matches_nothing_before_the_response() -> None:
    credentials = CramMD5Credentials(b"example.org")
    assert credentials.checkPassword(b"") is False
    credentials.getChallenge()
    assert credentials.checkPassword(b"") is False


def test_cram_user_name_may_have_blanks() -> None:
    credentials = CramMD5Credentials(b"example.org")
    credentials.setResponse(b"a b c " + b"0" * 32)
    assert credentials.username == b"a b c"


@pytest.mark.parametrize(
    "response",
    [
        b"",
        b"tim",
        b" " + b"0" * 32,
        b"tim " + b"0" * 31,
        b"x" * MAXIMUM_RESPONSE + b" " + b"0" * 32,
    ],
)
def test_cram_refuses_other_responses(response: bytes) -> None:
    credentials = CramMD5Credentials(b"example.org")
    credentials.getChallenge()
    with pytest.raises(LoginFailed):
        credentials.setResponse(response)
    assert credentials.username is None
