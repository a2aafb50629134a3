"""The patterns of Perspective Broker with the incumbent as the peer, in both directions."""

from pathlib import Path

import pytest

from .spread_pairs import PAIRINGS, Played, play, playWith, python

OUR_CLIENT = pytest.mark.parametrize("server", ["ours", "incumbent"])
TAC = """\
from spread_programs import {program}
from twisted.application import internet, service
from twisted.spread import pb

application = service.Application("{program}")
factory = pb.PBServerFactory({program}.served())
internet.TCPServer(0, factory, interface="127.0.0.1").setServiceParent(
    service.IServiceCollection(application)
)
"""


@PAIRINGS
def test_first_object_answers(server: str, client: str) -> None:
    played = play("calls", server, client)
    assert played.client["first object"] == ["answered well, ahoy"]
    assert played.server["first object"] == ["asked ahoy"]


@PAIRINGS
def test_log_of_a_method_names_the_connection(server: str, client: str) -> None:
    assert "[Broker,0,127.0.0.1] asked\n" in play("calls", server, client).log


@PAIRINGS
def test_object_that_a_call_returns_can_be_called(server: str, client: str) -> None:
    played = play("calls", server, client)
    assert played.client["second object"] == ["RemoteReference"]
    assert played.server["second object"] == ["loading 12"]


@PAIRINGS
def test_object_comes_back_as_itself(server: str, client: str) -> None:
    played = play("calls", server, client)
    assert played.server["same object"] == ["it is ours"]
    assert played.client["same object"] == ["True"]


@PAIRINGS
def test_server_calls_an_object_of_the_client(server: str, client: str) -> None:
    played = play("calls", server, client)
    assert played.client["object of the client"] == ["steering 12", "returned 192", "True"]


@PAIRINGS
def test_exceptions_arrive_with_class_message_and_type(server: str, client: str) -> None:
    played = play("calls", server, client)
    assert played.client["errors"] == [
        "it failed",
        "class twisted.spread.pb.CopiedFailure",
        "message too much wind",
        "type spread_programs.calls.Storm",
        "it failed",
        "class twisted.spread.pb.CopiedFailure",
        "message nobody rows",
        "type spread_programs.calls.Mutiny",
    ]
    assert played.client["errors in coroutines"] == ["spread_programs.calls.Storm too much wind"]


@PAIRINGS
def test_traceback_of_what_nobody_expects_is_logged_at_the_server(server: str, client: str) -> None:
    log = play("calls", server, client).log
    assert log.count("Peer will receive following PB traceback") == 1
    assert log.count('raise Mutiny("nobody rows")') == 1
    assert "raise Storm" not in log


@PAIRINGS
def test_failures_are_told_apart_by_class_name_and_base(server: str, client: str) -> None:
    assert play("calls", server, client).client["checks"] == [
        "['spread_programs.calls.Calm', 'spread_programs.calls.Storm'] spread_programs.calls.Storm",
        "['twisted.spread.pb.Error'] twisted.spread.pb.Error",
        "['builtins.ValueError'] None",
        "True",
    ]


# The incumbent breaks in the next four as the client.
@OUR_CLIENT
def test_chain_of_traps_goes_on_until_one_fits(server: str) -> None:
    assert play("calls", server, "ours").client["traps"] == [
        "a text",
        "- the answer is out at sea",
        "a plain instance",
        "- not safe to send",
        "an exception",
        "- a storm",
        "closing",
        "after the end",
        "- nobody is there",
    ]


@OUR_CLIENT
def test_plain_instance_is_refused_at_the_sender(server: str) -> None:
    played = play("calls", server, "ours")
    assert played.client["plain"] == ["twisted.spread.jelly.InsecureJelly"]
    assert "plain" not in played.server
    # Neither the call with a plain instance has come nor the one by a dead reference.
    asked = ["storm", "mutiny", "storm", "storm", "fair", "storm"]
    assert played.server["asked to sail"] == asked


@OUR_CLIENT
def test_dead_reference_raises_at_once(server: str) -> None:
    assert play("calls", server, "ours").client["traps"][-2:] == [
        "after the end",
        "- nobody is there",
    ]


@OUR_CLIENT
def test_dead_observer_is_silenced_by_an_errback(server: str) -> None:
    played = play("calls", server, "ours")
    assert played.client["observers"] == ["twisted.spread.pb.DeadReferenceError"]
    assert "DeadReferenceError" not in played.complaints
    assert "Unhandled" not in played.complaints


def configured(server: str, client: str, program: str, words: list[str], directory: Path) -> Played:
    """Play a program whose server twistd runs."""
    (directory / words[-1]).write_text(TAC.format(program=program))
    twistd = str(Path(python(server)).parent / "twistd")
    return playWith([twistd, "--pidfile=", *words], program, client, directory)


@PAIRINGS
def test_copies_reach_a_configuration_file(server: str, client: str, tmp_path: Path) -> None:
    played = configured(server, client, "copies", ["-ny", "receiver.tac"], tmp_path)
    assert played.client["copies"] == [
        "spread_programs.copies.Letter 2",
        "arrived safe and sound",
        "12 12",
        "back Card False {'greeting': 'hello'}",
        "unknown twisted.spread.jelly.InsecureJelly",
    ]
    assert played.server["copies"] == [
        "a Received 2 dear reader",
        "a Bill 12 ['isRead', 'sum']",
        "a Card True",
    ]


@PAIRINGS
def test_cache_in_a_python_file_follows_its_object(
    server: str, client: str, tmp_path: Path
) -> None:
    played = configured(server, client, "caches", ["-n", "-y", "receiver.py"], tmp_path)
    assert played.client["caches"] == [
        "2",
        "3 and they have 3",
        "2 and they have 2",
        "nobody observes",
    ]
    assert played.server["caches"] == [
        "the list has come",
        "a CrewList",
        "2 cook mate",
        "hired ugly boy",
        "3 cook mate ugly boy",
        "fired cook",
        "2 mate ugly boy",
        "forgetting",
    ]


@PAIRINGS
def test_realms_keep_their_avatars_as_they_like(server: str, client: str) -> None:
    assert play("logins", server, client).client["avatars"] == [
        "kept ['bob 1', 'alice 1', 'bob 2', 'alice 2']",
        "kept counter ['bob 1', 'alice 1', 'bob 2', 'alice 2']",
        "later ['bob 1', 'Anonymous 1', 'bob 1', 'Anonymous 1']",
        "one for all ['all 1', 'all 2', 'all 3', 'all 4', 'all 5', 'all 6']",
        "one for strangers ['bob 1', 'anybody 1', 'bob 2', 'anybody 2']",
        "each their own ['bob 1', 'Anonymous 1', 'bob 2', 'Anonymous 1']",
    ]


@PAIRINGS
def test_sessions_are_counted_from_login_to_logout(server: str, client: str) -> None:
    assert play("logins", server, client).client["counted"] == ["2", "one has left"]


@PAIRINGS
def test_news_reach_those_who_are_there(server: str, client: str) -> None:
    assert play("logins", server, client).client["attached"] == [
        "['we sail'] ['we sail']",
        "['we sail'] ['we sail', 'we are back']",
    ]


@PAIRINGS
def test_realm_refuses_those_who_are_too_many(server: str, client: str) -> None:
    assert play("logins", server, client).client["limit"] == [
        "builtins.ValueError: bob is there already",
        "in again",
    ]


@PAIRINGS
def test_clock_of_the_server_ticks_at_the_client_until_logout(server: str, client: str) -> None:
    assert play("logins", server, client).client["bell"] == ["{'float'} 1", "is silent"]


@PAIRINGS
def test_several_log_in_over_one_connection(server: str, client: str) -> None:
    assert play("logins", server, client).client["one connection"] == [
        "Anonymous 1",
        "bob 1",
        "alice 1",
        "refused",
        "alice 2",
    ]


@PAIRINGS
def test_talks_without_logins_are_as_safe_as_what_is_given_out(server: str, client: str) -> None:
    assert play("logins", server, client).client["talks"] == [
        "builtins.ValueError: not at this table",
        "spread_programs.talks.ImpostorError: the table is no guest",
        "alice writes: it is me",
        "bob writes: it is me, too",
        "alice writes: it is me",
        "alice says: good evening",
        "alice says: good night",
        "alice says: bilge water",
    ]


@PAIRINGS
def test_views_of_one_object_know_who_speaks(server: str, client: str) -> None:
    heard = "['alice says: call me Al', 'bob says: ho ho']"
    assert play("logins", server, client).client["views"] == [
        "RemoteReference",
        "RemoteReference",
        "builtins.ValueError: not at this table",
        heard,
        heard,
    ]
