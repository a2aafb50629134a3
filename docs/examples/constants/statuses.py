"""Constants with values: what a server answers."""

from twisted.python.constants import ValueConstant, Values


class STATUS(Values):
    """The answers."""

    OK = ValueConstant("200")
    FOUND = ValueConstant("302")
    NOT_FOUND = ValueConstant("404")


def main() -> None:
    print(STATUS.OK, STATUS.OK.value)
    print(STATUS.lookupByValue("404"))
    try:
        STATUS.lookupByValue("500")
    except ValueError as error:
        print("no such status:", error)


if __name__ == "__main__":
    main()
