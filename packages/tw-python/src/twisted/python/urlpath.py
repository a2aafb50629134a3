"""URLs by their parts, with the moves that links on a page make.

For new programs there is `twisted.python.url`. Here a URL has five parts that can be set, in bytes
unless it was made from text.
"""

from typing import Any, AnyStr, Generic, Protocol, cast, overload
from urllib.parse import quote, unquote_to_bytes, urlsplit, urlunsplit

from hyperlink import URL


class _Request(Protocol):
    """A request for a page, as `fromRequest` takes one."""

    def prePathURL(self) -> bytes:
        """Return the URL of what has been found so far."""
        ...


def _text(part: str | bytes) -> str:
    """Return a part of a URL as text.

    Raises:
        ValueError: It is not ASCII, as all that is written in a URL has to be.
    """
    try:
        return part.decode("ascii") if isinstance(part, bytes) else part.encode("ascii").decode()
    except UnicodeError as error:
        raise ValueError(f"{part!r} cannot be a part of a URL: quote what is not ASCII") from error


class URLPath(Generic[AnyStr]):
    """A URL of which each part can be set.

    Attributes:
        scheme: What comes before `:`.
        netloc: What comes between `//` and the path: the host, with the port if there is one.
        path: The path, with what is special in it quoted; `/` at least.
        query: What comes after `?`.
        fragment: What comes after `#`.
    """

    @overload
    def __init__(
        self: "URLPath[bytes]",
        scheme: bytes = b"",
        netloc: bytes = b"localhost",
        path: bytes = b"",
        query: bytes = b"",
        fragment: bytes = b"",
    ) -> None: ...
    @overload
    def __init__(
        self: "URLPath[str]",
        scheme: str,
        netloc: str = "localhost",
        path: str = "",
        query: str = "",
        fragment: str = "",
    ) -> None: ...
    def __init__(
        self,
        scheme: str | bytes | None = None,
        netloc: str | bytes | None = None,
        path: str | bytes | None = None,
        query: str | bytes | None = None,
        fragment: str | bytes | None = None,
    ) -> None:
        """Put a URL together, all in bytes or all in text.

        Args:
            scheme: What comes before `:`; `http`, if empty.
            netloc: The host, with the port if there is one.
            path: The path, with what is special in it quoted; `/`, if empty.
            query: What comes after `?`.
            fragment: What comes after `#`.

        Raises:
            TypeError: Some parts are text and some are bytes.
            ValueError: A part has characters that are not ASCII.
        """
        parts = (scheme, netloc, path, query, fragment)
        given = {type(part) for part in parts if part is not None}
        if len(given) > 1:
            raise TypeError("give all parts of a URL as text, or all as bytes")
        self._isText = given == {str}
        said = ["" if part is None else _text(part) for part in parts]
        self._scheme, self._netloc, self._path, self._query, self._fragment = said
        self._scheme = self._scheme or "http"
        self._path = self._path or "/"
        if netloc is None:
            self._netloc = "localhost"

    def _like(self, part: str) -> AnyStr:
        """Return a part in the kind of this URL."""
        return cast(AnyStr, part if self._isText else part.encode("ascii"))

    @property
    def scheme(self) -> AnyStr:
        """What comes before the first colon."""
        return self._like(self._scheme)

    @scheme.setter
    def scheme(self, part: AnyStr) -> None:
        self._scheme = _text(part)

    @property
    def netloc(self) -> AnyStr:
        """What comes between `//` and the path."""
        return self._like(self._netloc)

    @netloc.setter
    def netloc(self, part: AnyStr) -> None:
        self._netloc = _text(part)

    @property
    def path(self) -> AnyStr:
        """The path, with what is special in it quoted."""
        return self._like(self._path)

    @path.setter
    def path(self, part: AnyStr) -> None:
        self._path = _text(part)

    @property
    def query(self) -> AnyStr:
        """What comes after `?`."""
        return self._like(self._query)

    @query.setter
    def query(self, part: AnyStr) -> None:
        self._query = _text(part)

    @property
    def fragment(self) -> AnyStr:
        """What comes after `#`."""
        return self._like(self._fragment)

    @fragment.setter
    def fragment(self, part: AnyStr) -> None:
        self._fragment = _text(part)

    # Making them from others.

    @classmethod
    def fromString(cls, url: str) -> "URLPath[bytes]":
        """Take a URL apart.

        Args:
            url: The URL, in text.

        Raises:
            ValueError: It is no text, no URL, or not ASCII.
        """
        if not isinstance(url, str):
            raise ValueError(f"fromString takes text, not {url!r}; fromBytes takes bytes")
        return cls.fromBytes(_text(url).encode())

    @classmethod
    def fromBytes(cls, url: bytes) -> "URLPath[bytes]":
        """Take a URL apart.

        Args:
            url: The URL, in bytes.

        Raises:
            ValueError: It is no bytes, no URL, or not ASCII.
        """
        if not isinstance(url, bytes):
            raise ValueError(f"fromBytes takes bytes, not {url!r}; fromString takes text")
        return _parsed(cls, _text(url), False)

    @classmethod
    def fromRequest(cls, request: _Request) -> "URLPath[bytes]":
        """Return the URL of what has been found so far for a request.

        Args:
            request: What has a method `prePathURL`, as the requests of web servers do.
        """
        return cls.fromBytes(request.prePathURL())

    def _moved(self, url: str, query: bool) -> "URLPath[AnyStr]":
        """Return another URL; `query` says whether it has the query of this one."""
        made: URLPath[AnyStr] = _parsed(type(self), url, self._isText)
        if query:
            made._query = self._query
        return made

    def _withPath(self, path: str, keepQuery: bool) -> "URLPath[AnyStr]":
        """Return a URL that has another path."""
        return self._moved(urlunsplit((self._scheme, self._netloc, path, "", "")), keepQuery)

    # Moving.

    def pathList(self, unquote: bool = False, copy: bool = True) -> list[AnyStr] | list[bytes]:
        """Return the names in the path.

        Args:
            unquote: Whether to undo the quoting; the names are bytes then.
            copy: Means nothing; the list is a new one each time.
        """
        names = self._path.split("/")
        if unquote:
            return [unquote_to_bytes(name) for name in names]
        return [self._like(name) for name in names]

    def sibling(self, path: AnyStr, keepQuery: bool = False) -> "URLPath[AnyStr]":
        """Return the URL with another last name.

        Args:
            path: The name; what is special in it is quoted.
            keepQuery: Whether the URL keeps the query; it never keeps the fragment.
        """
        above = self._path.rpartition("/")[0]
        return self._withPath(f"{above}/{quote(path, safe='')}", keepQuery)

    def child(self, path: AnyStr, keepQuery: bool = False) -> "URLPath[AnyStr]":
        """Return the URL with one more name.

        Args:
            path: The name; what is special in it is quoted. It may be `..`, so what comes from
                others is to be checked.
            keepQuery: Whether the URL keeps the query; it never keeps the fragment.
        """
        above = self._path.removesuffix("/")
        return self._withPath(f"{above}/{quote(path, safe='')}", keepQuery)

    def parent(self, keepQuery: bool = False) -> "URLPath[AnyStr]":
        """Return the URL of the directory above that of this URL.

        Args:
            keepQuery: Whether the URL keeps the query; it never keeps the fragment.
        """
        return self._moved(self._clicked(".."), keepQuery)

    def here(self, keepQuery: bool = False) -> "URLPath[AnyStr]":
        """Return the URL of the directory of this URL.

        Args:
            keepQuery: Whether the URL keeps the query; it never keeps the fragment.
        """
        return self._moved(self._clicked("."), keepQuery)

    def click(self, st: AnyStr) -> "URLPath[AnyStr]":
        """Return the URL that a link on the page at this URL leads to.

        Args:
            st: The link: a URL, or what differs from this one (RFC 3986 section 5).

        Raises:
            ValueError: It cannot be a URL.
        """
        return self._moved(self._clicked(_text(st)), False)

    def _clicked(self, link: str) -> str:
        """Return where a link on this page leads."""
        return URL.from_text(str(self)).click(link).to_text(with_password=True)

    def __str__(self) -> str:
        parts = (self._scheme, self._netloc, self._path, self._query, self._fragment)
        return urlunsplit(parts)

    def __repr__(self) -> str:
        return (
            f"URLPath(scheme={self.scheme!r}, netloc={self.netloc!r}, path={self.path!r}, "
            f"query={self.query!r}, fragment={self.fragment!r})"
        )


def _parsed(kind: type[URLPath[Any]], url: str, isText: bool) -> URLPath[Any]:
    """Take a URL apart, into text or bytes."""
    made = kind.__new__(kind)
    made._isText = isText
    made._scheme, made._netloc, made._path, made._query, made._fragment = urlsplit(url)
    made._path = made._path or "/"
    return made


__all__ = ["URLPath"]
