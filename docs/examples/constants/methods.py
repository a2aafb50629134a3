"""Names that are constants: the methods of a protocol."""

from twisted.python.constants import NamedConstant, Names


class METHOD(Names):
    """The methods that a request can have."""

    GET = NamedConstant()
    PUT = NamedConstant()
    DELETE = NamedConstant()

    @classmethod
    def isSafe(cls, method: NamedConstant) -> bool:
        """Return whether a request with this method changes nothing."""
        return method is cls.GET


def main() -> None:
    print(METHOD.GET, METHOD.isSafe(METHOD.GET))
    print(METHOD.lookupByName("PUT") is METHOD.PUT)
    for typed in ("POST", "__doc__"):
        try:
            METHOD.lookupByName(typed)
        except ValueError as error:
            print("no such method:", error)
    print(list(METHOD.iterconstants()))
    print(sorted([METHOD.DELETE, METHOD.GET]))


if __name__ == "__main__":
    main()
