"""Small operations on text."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twisted.python import text

plainWords = st.lists(st.text("ab'\"x", min_size=1, max_size=5).filter(lambda s: s[0] in "abx"))


class TestWrap:
    def test_lines_are_as_full_as_they_can_be(self) -> None:
        lines = text.greedyWrap("The quick brown fox jumps over the  lazy dog.", 20)
        assert lines == ["The quick brown fox", "jumps over the lazy", "dog."]

    def test_a_word_that_is_too_long_has_a_line_of_its_own(self) -> None:
        assert text.greedyWrap("a " + "b" * 12 + " c", 10) == ["a", "b" * 12, "c"]

    def test_an_empty_line_stands_between_paragraphs(self) -> None:
        assert text.greedyWrap("a\nb\n \nc d\n") == ["a b", "", "c d"]

    def test_no_words_are_no_lines(self) -> None:
        assert text.greedyWrap(" \n\n ") == []

    def test_it_has_two_names(self) -> None:
        assert text.wordWrap is text.greedyWrap

    @given(st.text("ab \n", max_size=60), st.integers(1, 20))
    def test_no_word_is_lost(self, source: str, width: int) -> None:
        assert " ".join(text.greedyWrap(source, width)).split() == source.split()


class TestSplitQuoted:
    @pytest.mark.parametrize(
        ("source", "words"),
        [
            ("hello  world ", ["hello", "world"]),
            ('a "b c" d', ["a", "b c", "d"]),
            ("a 'b c' d", ["a", "b c", "d"]),
            ("'it\"s' \"it's\"", ['it"s', "it's"]),
            ('""', [""]),
            ('foo"bar baz"', ['foo"bar', 'baz"']),
            ("a\\ b", ["a\\", "b"]),
            ("'a\nb'", ["a\nb"]),
            ("", []),
        ],
    )
    def test_what_is_between_quotes_is_one_word(self, source: str, words: list[str]) -> None:
        assert text.splitQuoted(source) == words

    @pytest.mark.parametrize("source", ['"b', '"a"b', "it's", "' "])
    def test_a_quote_without_its_partner_is_a_letter(self, source: str) -> None:
        assert text.splitQuoted(source) == source.split()

    @given(plainWords)
    def test_plain_words_are_what_split_gives(self, words: list[str]) -> None:
        assert text.splitQuoted(" ".join(words)) == words


class TestBlankLines:
    def test_leading_ones_are_removed(self) -> None:
        assert text.removeLeadingBlanks(["", " \t", "a", "", "b", ""]) == ["a", "", "b", ""]

    def test_those_at_both_ends_are_removed(self) -> None:
        assert text.removeLeadingTrailingBlanks("\n \n  a\n\n b\n\n") == "  a\n\n b\n"

    def test_a_line_break_is_seen(self) -> None:
        assert text.isMultiline("a\n")
        assert not text.isMultiline("a")
        assert text.endsInNewline("a\n")
        assert not text.endsInNewline("\na")


class TestStrFile:
    def test_a_string_in_a_file_is_found(self) -> None:
        assert text.strFile("llo", io.StringIO("hello there"))
        assert not text.strFile("Hello", io.StringIO("hello there"))
        assert text.strFile(b"llo", io.BytesIO(b"hello there"))

    def test_case_may_be_ignored(self) -> None:
        assert text.strFile("hELLO", io.StringIO("Hello there"), caseSensitive=False)

    def test_the_empty_string_is_in_every_file(self) -> None:
        assert text.strFile("", io.StringIO(""))

    @given(st.text("ab", min_size=1, max_size=4), st.text("ab", max_size=40), st.integers(1, 5))
    def test_a_string_across_pieces_is_found(self, wanted: str, source: str, size: int) -> None:
        class InPieces(io.StringIO):
            def read(self, _: int | None = -1, /) -> str:
                return super().read(size)

        assert text.strFile(wanted, InPieces(source)) == (wanted in source)


class TestStringyString:
    def test_containers_are_shown_by_their_elements(self) -> None:
        assert text.stringyString({"a": 1, "b": [1, 2, {"c": "x\ny"}]}) == (
            "{a: 1\n b:\n   [1,\n    2,\n    {c:\n       x\n       y},]}\n"
        )

    def test_tuples_have_round_brackets(self) -> None:
        assert text.stringyString((1, (2, 3))) == "(1,\n (2,\n  3,),)\n"

    def test_lines_are_indented(self) -> None:
        assert text.stringyString("abc", "  ") == "  abc"
        assert text.stringyString("abc\ndef", "  ") == "  abc\n  def\n"

    def test_empty_containers_are_brackets(self) -> None:
        assert text.stringyString([{}, ()]) == "[{},\n (),]\n"
