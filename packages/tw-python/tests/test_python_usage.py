"""An Options class parses a command line."""

import sys
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twisted.python import usage
from twisted.python.usage import (
    CoerceParameter,
    Options,
    UsageError,
    flagFunction,
    portCoerce,
)


class Base(Options):
    optFlags = [["quiet", "q", None]]
    optParameters = [["user", "u", None, "The user name"]]


class Quick(Base):
    optFlags = [["fast", "f", "Act quickly"], ["good", "g", "Act well"], ["long-only", None]]
    optParameters = [
        ["max_differences", "d", 1, None],
        ["release", "r", None],
        ["port", "p", 8080, "The port", portCoerce],
    ]


def parsed(options: Options, *words: str) -> Options:
    options.parseOptions(words)
    return options


class TestFlags:
    def test_flags_are_zero_before_parsing(self) -> None:
        assert (Quick()["fast"], Quick()["good"]) == (0, 0)

    def test_a_flag_that_was_given_is_one(self) -> None:
        options = parsed(Quick(), "-g", "--fast")
        assert (options["fast"], options["good"], options["quiet"]) == (1, 1, 0)

    def test_short_flags_can_be_joined(self) -> None:
        options = parsed(Quick(), "-gfq")
        assert (options["fast"], options["good"], options["quiet"]) == (1, 1, 1)

    def test_a_flag_needs_no_short_name(self) -> None:
        assert parsed(Quick(), "--long-only")["long-only"] == 1

    def test_a_long_name_can_be_one_letter(self) -> None:
        class Short(Options):
            optFlags = [["x", None, "Something"]]

        assert parsed(Short(), "--x")["x"] == 1

    def test_a_flag_takes_no_value(self) -> None:
        with pytest.raises(UsageError, match="fast"):
            parsed(Quick(), "--fast=1")


class TestParameters:
    @pytest.mark.parametrize(
        "words", [["--user=bob"], ["--user", "bob"], ["-u", "bob"], ["-ubob"]], ids=str
    )
    def test_a_value_can_be_given_in_four_ways(self, words: list[str]) -> None:
        assert parsed(Quick(), *words)["user"] == "bob"

    def test_a_default_stays_as_it_is(self) -> None:
        options = parsed(Quick())
        assert (options["user"], options["max_differences"], options["port"]) == (None, 1, 8080)

    def test_a_value_is_text(self) -> None:
        assert parsed(Quick(), "-d", "3")["max_differences"] == "3"

    def test_what_ends_a_row_can_be_left_out(self) -> None:
        assert parsed(Quick(), "-r", "v1")["release"] == "v1"

    def test_the_last_value_counts(self) -> None:
        assert parsed(Quick(), "-u", "a", "-u", "b")["user"] == "b"

    def test_a_missing_value_is_an_error(self) -> None:
        with pytest.raises(UsageError, match="--user requires argument"):
            parsed(Quick(), "--user")

    def test_long_names_can_be_cut_short(self) -> None:
        assert parsed(Quick(), "--max=2")["max_differences"] == "2"

    def test_a_value_is_coerced(self) -> None:
        assert parsed(Quick(), "--port", "443")["port"] == 443

    def test_a_value_that_cannot_be_coerced_is_an_error_that_names_the_parameter(self) -> None:
        with pytest.raises(UsageError, match=r"--port .*'x'.*a number from 0 to 65535"):
            parsed(Quick(), "--port", "x")

    def test_another_error_of_the_coercion_passes(self) -> None:
        def broken(value: str) -> None:
            raise KeyError(value)

        class Broken(Options):
            optParameters = [["key", "k", None, None, broken]]

        with pytest.raises(KeyError):
            parsed(Broken(), "-k", "x")

    def test_coerce_parameter_needs_a_value(self) -> None:
        with pytest.raises(UsageError, match="--number needs a value"):
            CoerceParameter(Options(), int).dispatch("number", None)


class TestInheritance:
    def test_the_rows_of_the_bases_count(self) -> None:
        options = parsed(Quick(), "-q", "-u", "bob", "-f")
        assert (options["quiet"], options["user"], options["fast"]) == (1, "bob", 1)

    def test_a_class_replaces_an_option_of_its_base(self) -> None:
        class Named(Base):
            optParameters = [["user", "n", "root", "Somebody else"]]

        assert Named()["user"] == "root"
        assert parsed(Named(), "-n", "bob")["user"] == "bob"

    def test_a_class_can_take_over_the_short_name_of_its_base(self) -> None:
        class Unquiet(Base):
            optFlags = [["query", "q", "Ask"]]

        options = parsed(Unquiet(), "-q")
        assert (options["query"], options["quiet"]) == (1, 0)

    def test_a_row_of_the_wrong_length_is_refused(self) -> None:
        class Wrong(Options):
            optFlags = [["fast", "f", "Act quickly", "surplus"]]

        with pytest.raises(ValueError, match=r"surplus.*1 to 3"):
            Wrong()


class TestDictionary:
    def test_options_are_a_dictionary(self) -> None:
        options = parsed(Base(), "-q")
        assert dict(options) == {"quiet": 1, "user": None}
        assert options.get("nobody") is None
        assert "user" in options

    def test_options_can_be_keys(self) -> None:
        first, second = Base(), Base()
        assert first == second
        assert {first: 1, second: 2}[first] == 1

    def test_opts_are_the_options_themselves(self) -> None:
        options = Base()
        assert options.opts is options


class Verbose(Options):
    def __init__(self) -> None:
        Options.__init__(self)
        self["verbosity"] = 0
        self["symbols"] = []

    def opt_verbose(self) -> None:
        """Say more."""
        self["verbosity"] += 1

    def opt_quiet(self) -> None:
        """Say less."""
        self["verbosity"] -= 1

    def opt_define(self, symbol: str) -> None:
        """Define a symbol."""
        self["symbols"].append(symbol)

    def opt_dry_run(self) -> None:
        """Do nothing."""
        self["dry"] = True

    def opt_x(self) -> None:
        """Only short."""
        self["x"] = True

    opt_v = opt_verbose
    opt_q = opt_quiet
    opt_D = opt_define


class TestMethods:
    def test_a_method_is_called_each_time(self) -> None:
        assert parsed(Verbose(), "-v", "-v", "-v", "-v")["verbosity"] == 4
        assert parsed(Verbose(), "-qqq")["verbosity"] == -3

    def test_a_method_is_called_by_its_long_name(self) -> None:
        assert parsed(Verbose(), "--verbose", "--quiet", "--verbose")["verbosity"] == 1

    def test_a_method_with_a_parameter_takes_a_value(self) -> None:
        assert parsed(Verbose(), "-DFOO", "-D", "BAR", "--define=BAZ")["symbols"] == [
            "FOO",
            "BAR",
            "BAZ",
        ]

    def test_an_underscore_is_a_dash_on_the_command_line(self) -> None:
        assert parsed(Verbose(), "--dry-run")["dry"]
        with pytest.raises(UsageError):
            parsed(Verbose(), "--dry_run")

    def test_a_method_can_have_a_short_name_only(self) -> None:
        assert parsed(Verbose(), "-x")["x"]

    def test_a_method_that_is_overridden_is_the_one_that_is_called(self) -> None:
        class Louder(Verbose):
            def opt_verbose(self) -> None:
                self["verbosity"] += 10

        assert parsed(Louder(), "--verbose")["verbosity"] == 10

    def test_a_method_wins_over_a_parameter_of_its_name(self) -> None:
        class Both(Base):
            def opt_user(self, value: str) -> None:
                self["user"] = value.upper()

        assert parsed(Both(), "--user", "bob")["user"] == "BOB"

    def test_a_method_can_have_several_long_and_short_names(self) -> None:
        class Many(Verbose):
            opt_louder = Verbose.opt_verbose
            opt_l = Verbose.opt_verbose

        assert parsed(Many(), "-v", "-l", "--louder", "--verbose")["verbosity"] == 4

    def test_a_method_can_be_taken_away(self) -> None:
        class Silent(Verbose):
            opt_verbose = None  # type: ignore[assignment]  # as users do

        with pytest.raises(UsageError, match="--verbose not recognized"):
            parsed(Silent(), "--verbose")

    def test_a_method_with_two_values_is_refused(self) -> None:
        class Wrong(Options):
            def opt_pair(self, one: str, two: str) -> None:
                pass

        with pytest.raises(UsageError, match="'pair' must take at most one value, not 2"):
            Wrong()

    def test_flag_function_tells_flags_from_parameters(self) -> None:
        options = Verbose()
        assert flagFunction(options.opt_verbose)
        assert not flagFunction(options.opt_define, "define")


class ImportOptions(Options):
    optParameters = [["module", "m", None, None], ["release", "r", None]]


class CheckoutOptions(Options):
    optParameters = [["module", "m", None, None], ["tag", "r", None, None]]

    def parseArgs(self, *paths: str) -> None:
        self["paths"] = paths


class Cvs(Options):
    subCommands = [
        ["import", None, ImportOptions, "Do an Import"],
        ["checkout", "co", CheckoutOptions, "Do a Checkout"],
    ]
    optParameters = [
        ["compression", "z", 0, "Use compression"],
        ["repository", "r", None, "Specify an alternate repository"],
    ]
    posted = False

    def postOptions(self) -> None:
        self.posted = True


class TestSubCommands:
    def test_the_words_after_a_subcommand_are_its_own(self) -> None:
        options = parsed(Cvs(), "-r", "here", "checkout", "-r", "v1")
        assert options.subCommand == "checkout"
        assert isinstance(options.subOptions, CheckoutOptions)
        assert (options["repository"], options.subOptions["tag"]) == ("here", "v1")

    def test_a_subcommand_has_a_shortcut(self) -> None:
        options = parsed(Cvs(), "co", "a", "b")
        assert options.subCommand == "checkout"
        assert options.subOptions["paths"] == ("a", "b")

    def test_a_subcommand_knows_its_parent(self) -> None:
        options = parsed(Cvs(), "import")
        assert options.subOptions.parent is options

    def test_without_a_subcommand_there_is_none(self) -> None:
        assert parsed(Cvs(), "-z", "9").subCommand is None

    def test_an_unknown_subcommand_is_an_error(self) -> None:
        with pytest.raises(UsageError, match="Unknown command: export"):
            parsed(Cvs(), "export")

    def test_a_subcommand_without_a_shortcut_is_not_meant_by_an_empty_word(self) -> None:
        with pytest.raises(UsageError, match="Unknown command"):
            parsed(Cvs(), "")

    def test_the_default_subcommand_is_taken_where_none_is_given(self) -> None:
        class Defaulting(Cvs):
            defaultSubCommand = "import"

        assert parsed(Defaulting()).subCommand == "import"
        assert parsed(Defaulting(), "co").subCommand == "checkout"

    def test_a_function_can_stand_for_the_class(self) -> None:
        made = ImportOptions()

        class Made(Options):
            subCommands = [["import", None, lambda: made, None]]

        assert parsed(Made(), "import").subOptions is made

    def test_the_parent_is_asked_to_check_last(self) -> None:
        order = []

        class Sub(Options):
            def postOptions(self) -> None:
                order.append("sub")

        class Top(Options):
            subCommands = [["sub", None, Sub, None]]

            def postOptions(self) -> None:
                order.append("top")

        parsed(Top(), "sub")
        assert order == ["sub", "top"]


class Compare(Options):
    def parseArgs(self, origin: str, changed: str) -> None:
        self["pair"] = (origin, changed)


class TestArguments:
    def test_what_is_left_goes_to_parse_args(self) -> None:
        assert parsed(Compare(), "a", "b")["pair"] == ("a", "b")

    @pytest.mark.parametrize("words", [["a"], ["a", "b", "c"]], ids=len)
    def test_a_wrong_number_is_an_error(self, words: list[str]) -> None:
        with pytest.raises(UsageError, match="Wrong number of arguments"):
            parsed(Compare(), *words)

    def test_an_argument_that_nobody_takes_is_an_error(self) -> None:
        with pytest.raises(UsageError, match="Wrong number of arguments"):
            parsed(Base(), "surplus")

    def test_a_type_error_inside_parse_args_is_not_taken_for_a_wrong_number(self) -> None:
        class Broken(Options):
            def parseArgs(self, one: str) -> None:
                raise TypeError("a mistake in the program")

        with pytest.raises(TypeError, match="a mistake in the program"):
            parsed(Broken(), "x")

    def test_options_end_at_the_first_argument(self) -> None:
        assert parsed(CheckoutOptions(), "file", "-r", "v1")["paths"] == ("file", "-r", "v1")

    def test_options_end_at_two_dashes(self) -> None:
        assert parsed(CheckoutOptions(), "--", "-r")["paths"] == ("-r",)

    def test_the_words_of_the_process_are_parsed_by_default(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "argv", ["program", "-q"])
        options = Base()
        options.parseOptions()
        assert options["quiet"] == 1


class TestErrors:
    @pytest.mark.parametrize("word", ["--nonsense", "-n"])
    def test_an_unknown_option_is_an_error_that_names_it(self, word: str) -> None:
        with pytest.raises(UsageError, match=f"option {word} not recognized"):
            parsed(Base(), word)

    def test_post_options_can_refuse(self) -> None:
        class Choosy(Quick):
            def postOptions(self) -> None:
                if self["fast"] and self["good"]:
                    raise UsageError("can't have it all")

        with pytest.raises(UsageError, match="can't have it all"):
            parsed(Choosy(), "-fg")

    def test_error_is_another_name_of_usage_error(self) -> None:
        assert usage.error is UsageError

    @given(st.lists(st.text(max_size=8), max_size=5))
    def test_no_command_line_raises_anything_but_usage_error(self, words: list[str]) -> None:
        for options in (Quick(), Cvs(), Compare()):
            with suppress(UsageError):
                options.parseOptions([w for w in words if w[:3] not in ("--h", "--v")])


class TestPorts:
    @pytest.mark.parametrize(("text", "port"), [("0", 0), ("80", 80), ("65535", 65535), (25, 25)])
    def test_a_port_is_a_number(self, text: Any, port: int) -> None:
        assert portCoerce(text) == port

    @pytest.mark.parametrize(
        "text", ["", "-1", "65536", "+80", " 80", "8_0", "0x50", "٨٠", "8.0", "1" * 5000]
    )
    def test_anything_else_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match="0 to 65535"):
            portCoerce(text)
