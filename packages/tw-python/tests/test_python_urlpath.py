"""URLs by their parts, and the moves that links make."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twisted.python.url import URL
from twisted.python.urlpath import URLPath

HERE = "http://example.com/foo/bar?yes=no&no=yes#footer"


@pytest.fixture
def here() -> URLPath[bytes]:
    return URLPath.fromString(HERE)


def test_a_url_has_parts(here: URLPath[bytes]) -> None:
    assert (here.scheme, here.netloc, here.path) == (b"http", b"example.com", b"/foo/bar")
    assert (here.query, here.fragment) == (b"yes=no&no=yes", b"footer")


def test_a_url_is_text(here: URLPath[bytes]) -> None:
    assert str(here) == HERE
    assert str(URLPath.fromBytes(HERE.encode())) == HERE


def test_parts_can_be_set(here: URLPath[bytes]) -> None:
    here.path = b"/zzz/"
    here.scheme = b"ftp"
    here.query = here.fragment = b""
    assert str(here) == "ftp://example.com/zzz/"


def test_a_part_that_no_url_has_is_refused_at_once(here: URLPath[bytes]) -> None:
    with pytest.raises(ValueError, match="quote what is not ASCII"):
        here.path = "/ä".encode()
    assert str(here) == HERE


def test_its_repr(here: URLPath[bytes]) -> None:
    assert repr(here) == (
        "URLPath(scheme=b'http', netloc=b'example.com', path=b'/foo/bar', "
        "query=b'yes=no&no=yes', fragment=b'footer')"
    )


def test_without_parts_it_is_the_local_root() -> None:
    assert str(URLPath()) == "http://localhost/"


def test_an_empty_path_is_the_root() -> None:
    assert URLPath.fromString("http://example.com").path == b"/"
    assert str(URLPath.fromString("http://example.com")) == "http://example.com/"


def test_a_url_is_put_together() -> None:
    made = URLPath(b"https", b"example.com:80", b"/a%20b", b"q", b"f")
    assert str(made) == "https://example.com:80/a%20b?q#f"


def test_a_url_can_be_in_text() -> None:
    made = URLPath("https", "example.com", "/a", "q", "f")
    assert (made.scheme, made.path) == ("https", "/a")
    assert made.child("b").path == "/a/b"
    assert made.pathList() == ["", "a"]
    assert str(made.click("../c")) == "https://example.com/c"


def test_text_and_bytes_are_not_mixed() -> None:
    with pytest.raises(TypeError, match="all parts of a URL as text, or all as bytes"):
        URLPath("http", b"example.com")  # type: ignore[call-overload]


def test_the_names_of_the_path(here: URLPath[bytes]) -> None:
    assert here.pathList() == [b"", b"foo", b"bar"]
    assert here.pathList(copy=False) == [b"", b"foo", b"bar"]
    assert URLPath.fromString("http://a/%41%2f").pathList() == [b"", b"%41%2f"]
    assert URLPath.fromString("http://a/%41%2f").pathList(unquote=True) == [b"", b"A/"]


def test_a_child_is_one_name_further(here: URLPath[bytes]) -> None:
    assert str(here.child(b"x")) == "http://example.com/foo/bar/x"
    assert str(here.child(b"x", keepQuery=True)) == ("http://example.com/foo/bar/x?yes=no&no=yes")
    assert str(URLPath.fromString("http://a/b/").child(b"c")) == "http://a/b/c"
    assert str(URLPath.fromString("http://a").child(b"c")) == "http://a/c"


@pytest.mark.parametrize(
    ("name", "quoted"),
    [(b"a/b", "a%2Fb"), (b"\xff", "%FF"), (b"a?b#c", "a%3Fb%23c"), (b"%41", "%2541")],
)
def test_what_is_special_in_a_name_is_quoted(name: bytes, quoted: str) -> None:
    top = URLPath.fromString("http://a/x")
    assert str(top.child(name)) == f"http://a/x/{quoted}"
    assert str(top.sibling(name)) == f"http://a/{quoted}"


def test_a_sibling_has_another_last_name(here: URLPath[bytes]) -> None:
    assert str(here.sibling(b"x")) == "http://example.com/foo/x"
    assert str(here.sibling(b"x", keepQuery=True)) == "http://example.com/foo/x?yes=no&no=yes"
    assert str(URLPath.fromString("http://a/b/").sibling(b"c")) == "http://a/b/c"


def test_here_is_the_directory(here: URLPath[bytes]) -> None:
    assert str(here.here()) == "http://example.com/foo/"
    assert str(here.here(keepQuery=True)) == "http://example.com/foo/?yes=no&no=yes"


def test_the_parent_is_above_the_directory(here: URLPath[bytes]) -> None:
    assert str(here.parent()) == "http://example.com/"
    assert str(here.parent(keepQuery=True)) == "http://example.com/?yes=no&no=yes"
    assert str(URLPath.fromString("http://a/b/c/").parent()) == "http://a/b/"


@pytest.mark.parametrize(
    ("link", "found"),
    [
        (b"", HERE),
        (b"q", "http://example.com/foo/q"),
        (b"../q?x=1", "http://example.com/q?x=1"),
        (b"/", "http://example.com/"),
        (b"//other/", "http://other/"),
        (b"https://user:secret@other:8/x#y", "https://user:secret@other:8/x#y"),
        (b"?a", "http://example.com/foo/bar?a"),
        (b"../../../etc/passwd", "http://example.com/etc/passwd"),
    ],
)
def test_a_link_leads_somewhere(here: URLPath[bytes], link: bytes, found: str) -> None:
    assert str(here.click(link)) == found


def test_a_link_is_followed_in_any_scheme() -> None:
    assert str(URLPath.fromString("wss://a/b/c").click(b"d")) == "wss://a/b/d"


def test_a_request_has_a_url() -> None:
    class DummyRequest:
        """Stands for the request of a web server."""

        def prePathURL(self) -> bytes:
            return b"http://example.com/a"

    assert str(URLPath.fromRequest(DummyRequest())) == "http://example.com/a"


def test_text_and_bytes_are_told_apart() -> None:
    with pytest.raises(ValueError, match="fromString takes text"):
        URLPath.fromString(b"http://a/")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="fromBytes takes bytes"):
        URLPath.fromBytes("http://a/")  # type: ignore[arg-type]


@pytest.mark.parametrize("url", ["http://é.example/", "http://[::1/", "http://a/ä"])
def test_what_is_no_url_is_a_value_error(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of two libraries, with texts of their own
        URLPath.fromString(url)


def test_an_address_of_ipv6_is_kept() -> None:
    assert URLPath.fromString("http://[::1]:80/a").netloc == b"[::1]:80"


@given(st.binary(max_size=20))
def test_a_name_comes_back(name: bytes) -> None:
    path = URLPath.fromString("http://a/x/").child(name)
    assert path.pathList(unquote=True)[2] == name
    assert str(URLPath.fromString(str(path))) == str(path)


@given(st.text(max_size=30))
def test_any_text_is_a_url_or_a_value_error(text: str) -> None:
    try:
        found = URLPath.fromString(text)
    except ValueError:
        return
    str(found)


def test_the_newer_kind_of_url_is_there() -> None:
    url = URL.fromText("http://example.org/a").child("b c")
    assert url.asURI().asText() == "http://example.org/a/b%20c"
