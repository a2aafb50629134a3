"""Constants that are bits: who may do what with a file."""

from twisted.python.constants import FlagConstant, Flags


class Permission(Flags):
    """The bits of a file's mode, from the lowest."""

    OTHER_EXECUTE = FlagConstant()
    OTHER_WRITE = FlagConstant()
    OTHER_READ = FlagConstant()
    USER_READ = FlagConstant(0o400)


def main() -> None:
    mode = Permission.USER_READ | Permission.OTHER_READ
    print(mode, oct(mode.value))
    print(list(mode))
    print(Permission.USER_READ in mode, Permission.OTHER_WRITE in mode)
    print(mode & Permission.USER_READ, bool(mode & Permission.OTHER_WRITE))
    print(~mode)
    print(mode == Permission.OTHER_READ | Permission.USER_READ)


if __name__ == "__main__":
    main()
