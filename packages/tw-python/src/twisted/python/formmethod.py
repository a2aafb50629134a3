"""What a form asks for: arguments with a kind, a default, a description, and rules.

A `MethodSignature` lists the arguments of a function that shall be called with what somebody put
into a form. Each argument turns what came from the form into a value, or raises `InputError`, whose
message is for the person who filled it in. How a form looks is no matter of this module.

Texts from a form are texts from a stranger: numbers are read strictly (ASCII digits, no underscores,
no infinity) and up to `maxNumberLength` characters, and texts can be given a longest length.
"""

import datetime
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

maxNumberLength = 100
"""How many characters a number in a form may have."""

_INTEGER = re.compile(r"[+-]?[0-9]+", re.ASCII)
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", re.ASCII)
_FALSE = ("", "0", "f", "false", "n", "no", "off")

Option = tuple[str, Any, str]
"""What a form offers: its name in the form, the value that it stands for, and a description."""


class FormException(Exception):
    """What a form was filled with cannot be used.

    Attributes:
        descriptions: The keywords: what is wrong with which argument.
    """

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Say what is wrong."""
        super().__init__(*args)
        self.descriptions = kwargs


class InputError(FormException):
    """One argument cannot be used; the message says why to the person who filled in the form."""


class PresentationHint:
    """A base for hints about how an argument looks in a form."""


class Argument:
    """An argument of any kind: the value is what came from the form.

    Attributes:
        defaultDefault: The default where none is given.
        name: The name, in the form and of the function's parameter.
        default: What the form shows at first.
        allowNone: Whether it may be left empty.
        hints: Whatever is known about how it should look.
    """

    defaultDefault: Any = None

    def __init__(
        self,
        name: str,
        default: Any = None,  # noqa: ANN401 - a value of the argument's kind
        shortDesc: str | None = None,
        longDesc: str | None = None,
        hints: Mapping[str, Any] | None = None,
        allowNone: int = 1,
    ) -> None:
        """Describe an argument.

        Args:
            name: The name, in the form and of the function's parameter.
            default: What the form shows at first; `defaultDefault`, if left out.
            shortDesc: What the form calls it; the name, if left out.
            longDesc: What it is.
            hints: Whatever is known about how it should look.
            allowNone: Whether it may be left empty.
        """
        self.name = name
        self.allowNone = allowNone
        self.default: Any = self.defaultDefault if default is None else default
        self.shortDesc = shortDesc
        self.longDesc = longDesc
        self.hints: dict[str, Any] = dict(hints or {})

    def addHints(self, **kwargs: Any) -> None:  # noqa: ANN401 - any kind of hint
        """Add to what is known about how it should look."""
        self.hints.update(kwargs)

    def getHint(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - any kind of hint
        """Return a hint, or the default."""
        return self.hints.get(name, default)

    def getShortDescription(self) -> str:
        """Return what the form calls it."""
        return self.shortDesc or self.name.capitalize()

    def getLongDescription(self) -> str:
        """Return what it is, or an empty text."""
        return self.longDesc or ""

    def coerce(self, val: Any, /) -> Any:  # noqa: ANN401 - what forms give, and what functions take
        """Return the value for what came from the form.

        Raises:
            InputError: It cannot be used.
        """
        return val


class String(Argument):
    """A text.

    Attributes:
        min: How many characters it has at least.
        max: How many it has at most; None, if there is no limit.
    """

    defaultDefault: Any = ""
    min: int = 0
    max: int | None = None

    def __init__(
        self,
        name: str,
        default: str | None = None,
        shortDesc: str | None = None,
        longDesc: str | None = None,
        hints: Mapping[str, Any] | None = None,
        allowNone: int = 1,
        min: int = 0,
        max: int | None = None,
    ) -> None:
        """Describe a text; see `Argument`.

        Args:
            name: As there.
            default: As there.
            shortDesc: As there.
            longDesc: As there.
            hints: As there.
            allowNone: As there.
            min: How many characters it has at least.
            max: How many it has at most; None, if there is no limit.
        """
        super().__init__(name, default, shortDesc, longDesc, hints, allowNone)
        self.min = min
        self.max = max

    def coerce(self, val: Any, /) -> str:  # noqa: ANN401 - as above
        """Return the text.

        Raises:
            InputError: It is too short or too long, or no UTF-8 if it came as bytes.
        """
        text = _text(val)
        if len(text) < self.min:
            raise InputError(f"it must have at least {self.min} characters")
        if self.max is not None and len(text) > self.max:
            raise InputError(f"it must have at most {self.max} characters")
        return text


class Text(String):
    """A text of several lines."""


class Hidden(String):
    """A text that the form carries and does not show."""


class Password(String):
    """A text that the form does not show while it is typed."""


class VerifiedPassword(Password):
    """A password that has to be typed twice."""

    def coerce(self, vals: Any, /) -> str:  # noqa: ANN401 - as above
        """Return the password.

        Args:
            vals: What was typed, and what was typed again.

        Raises:
            InputError: The two differ; or as for any text.
        """
        if not isinstance(vals, (list, tuple)) or len(vals) != 2 or vals[0] != vals[1]:
            raise InputError("please enter the same password twice")
        return super().coerce(vals[0])


class _Optional(Argument):
    """An argument whose parameters come in another order: what may be left empty comes first."""

    def __init__(
        self,
        name: str,
        allowNone: int = 1,
        default: Any = None,  # noqa: ANN401 - as for Argument
        shortDesc: str | None = None,
        longDesc: str | None = None,
        hints: Mapping[str, Any] | None = None,
    ) -> None:
        """Describe an argument; see `Argument`."""
        super().__init__(name, default, shortDesc, longDesc, hints, allowNone)


class Integer(_Optional):
    """A whole number."""

    def coerce(self, val: Any, /) -> int | None:  # noqa: ANN401 - as above
        """Return the number; None, if it is empty and may be.

        Raises:
            InputError: It is no whole number.
        """
        text = _text(val).strip()
        if not text and self.allowNone:
            return None
        if len(text) > maxNumberLength or not _INTEGER.fullmatch(text):
            raise InputError(f"{_shown(text)} is not a whole number such as 10")
        return int(text)


class IntegerRange(Integer):
    """A whole number between two others.

    Attributes:
        min: The least.
        max: The greatest.
    """

    def __init__(
        self,
        name: str,
        min: int,
        max: int,
        allowNone: int = 1,
        default: int | None = None,
        shortDesc: str | None = None,
        longDesc: str | None = None,
        hints: Mapping[str, Any] | None = None,
    ) -> None:
        """Describe a number; see `Argument`.

        Args:
            name: As there.
            min: The least.
            max: The greatest.
            allowNone: As there.
            default: As there.
            shortDesc: As there.
            longDesc: As there.
            hints: As there.
        """
        self.min = min
        self.max = max
        super().__init__(name, allowNone, default, shortDesc, longDesc, hints)

    def coerce(self, val: Any, /) -> int | None:  # noqa: ANN401 - as above
        """Return the number; None, if it is empty and may be.

        Raises:
            InputError: It is no whole number between the two.
        """
        number = super().coerce(val)
        if number is not None and not self.min <= number <= self.max:
            raise InputError(f"{number} is not between {self.min} and {self.max}")
        return number


class Float(_Optional):
    """A number with a decimal point."""

    def coerce(self, val: Any, /) -> float | None:  # noqa: ANN401 - as above
        """Return the number; None, if it is empty and may be.

        Raises:
            InputError: It is no number, or too large for one.
        """
        text = _text(val).strip()
        if not text and self.allowNone:
            return None
        if len(text) <= maxNumberLength and _DECIMAL.fullmatch(text):
            number = float(text)
            if abs(number) != float("inf"):
                return number
        raise InputError(f"{_shown(text)} is not a number such as 2.5")


class Boolean(Argument):
    """Yes or no."""

    def coerce(self, inVal: Any, /) -> bool:  # noqa: ANN401 - as above
        """Return whether it is a yes: nothing, 0, no, off and false are none."""
        if isinstance(inVal, (str, bytes)):
            return _text(inVal).strip().lower() not in _FALSE
        return bool(inVal)


class Choice(Argument):
    """One of several values.

    Attributes:
        choices: What the form offers.
    """

    def __init__(
        self,
        name: str,
        choices: Iterable[Option] = (),
        default: Any = (),  # noqa: ANN401 - the names of what is chosen at first
        shortDesc: str | None = None,
        longDesc: str | None = None,
        hints: Mapping[str, Any] | None = None,
        allowNone: int = 1,
    ) -> None:
        """Describe a choice; see `Argument`.

        Args:
            name: As there.
            choices: What the form offers.
            default: The values that are chosen at first.
            shortDesc: As there.
            longDesc: As there.
            hints: As there.
            allowNone: As there.
        """
        self.choices: list[Option] = list(choices)
        super().__init__(name, default, shortDesc, longDesc, hints, allowNone)

    def coerce(self, inIdent: Any, /) -> Any:  # noqa: ANN401 - as above
        """Return the value for the name that was chosen.

        Raises:
            InputError: The form offers no such name.
        """
        return _chosen(self.choices, inIdent, "choice")


class RadioGroup(Choice):
    """One of several values, all of which the form shows."""


class Submit(Choice):
    """The button that sends the form: which of several it was.

    Attributes:
        reset: Whether the form has a button that empties it too.
    """

    def __init__(
        self,
        name: str,
        choices: Iterable[Option] = (("Submit", "submit", "Submit form"),),
        reset: int = 0,
        shortDesc: str | None = None,
        longDesc: str | None = None,
        allowNone: int = 0,
        hints: Mapping[str, Any] | None = None,
    ) -> None:
        """Describe buttons; see `Choice`.

        Args:
            name: As there.
            choices: The buttons.
            reset: Whether the form has a button that empties it too.
            shortDesc: As there.
            longDesc: As there.
            allowNone: As there.
            hints: As there.
        """
        super().__init__(name, choices, (), shortDesc, longDesc, hints, allowNone)
        self.reset = reset

    def coerce(self, value: Any, /) -> Any:  # noqa: ANN401 - as above
        """Return the value for the button; None, if there was none and may be none.

        Raises:
            InputError: The form has no such button.
        """
        if self.allowNone and not value:
            return None
        return super().coerce(value)


class Flags(Argument):
    """Any number of several values.

    Attributes:
        flags: What the form offers.
    """

    def __init__(
        self,
        name: str,
        flags: Iterable[Option] = (),
        default: Any = (),  # noqa: ANN401 - as for Choice
        shortDesc: str | None = None,
        longDesc: str | None = None,
        hints: Mapping[str, Any] | None = None,
        allowNone: int = 1,
    ) -> None:
        """Describe flags; see `Argument`.

        Args:
            name: As there.
            flags: What the form offers.
            default: The values that are set at first.
            shortDesc: As there.
            longDesc: As there.
            hints: As there.
            allowNone: As there.
        """
        self.flags: list[Option] = list(flags)
        super().__init__(name, default, shortDesc, longDesc, hints, allowNone)

    def coerce(self, inFlagKeys: Any, /) -> list[Any]:  # noqa: ANN401 - as above
        """Return the values for the names that were set.

        Raises:
            InputError: The form offers no such name.
        """
        names = [inFlagKeys] if isinstance(inFlagKeys, str) else inFlagKeys or ()
        return [_chosen(self.flags, name, "flag") for name in names]


class CheckGroup(Flags):
    """Any number of several values, all of which the form shows."""


class File(_Optional):
    """A file that is sent with the form."""

    def __init__(
        self,
        name: str,
        allowNone: int = 1,
        shortDesc: str | None = None,
        longDesc: str | None = None,
        hints: Mapping[str, Any] | None = None,
    ) -> None:
        """Describe a file; see `Argument`."""
        super().__init__(name, allowNone, None, shortDesc, longDesc, hints)

    def coerce(self, file: Any, /) -> Any:  # noqa: ANN401 - as above
        """Return the file as the form gave it; None, if there is none and may be none.

        Raises:
            InputError: There is none.
        """
        if not file and not self.allowNone:
            raise InputError("a file is needed")
        return file or None


class Date(_Optional):
    """A day."""

    def coerce(self, args: Any, /) -> tuple[int, int, int] | None:  # noqa: ANN401 - as above
        """Return the year, the month and the day; None, if all are empty and may be.

        Args:
            args: The three as texts.

        Raises:
            InputError: There is no such day.
        """
        parts = [_text(part).strip() for part in args] if isinstance(args, (list, tuple)) else []
        if self.allowNone and len(parts) == 3 and not any(parts):
            return None
        if len(parts) == 3 and all(0 < len(p) < 5 and p.isascii() and p.isdigit() for p in parts):
            year, month, day = map(int, parts)
            try:
                datetime.date(year, month, day)
            except ValueError:
                pass
            else:
                return year, month, day
        raise InputError("there is no such day")


class MethodSignature:
    """The arguments of a function.

    Attributes:
        methodSignature: The arguments in order.
    """

    def __init__(self, *sigList: Argument) -> None:
        """List the arguments."""
        self.methodSignature: Sequence[Argument] = sigList

    def getArgument(self, name: str) -> Argument | None:
        """Return the argument of a name, or None."""
        return next((one for one in self.methodSignature if one.name == name), None)

    def method(self, callable: Callable[..., Any], takesRequest: bool = False) -> "FormMethod":
        """Return a function together with this signature.

        Args:
            callable: The function.
            takesRequest: Whether its first argument is the request that brought the form.
        """
        return FormMethod(self, callable, takesRequest)


class FormMethod:
    """A function and the signature that a form for it has.

    Attributes:
        signature: The signature.
        callable: The function.
        takesRequest: Whether its first argument is the request that brought the form.
    """

    def __init__(
        self, signature: MethodSignature, callable: Callable[..., Any], takesRequest: bool = False
    ) -> None:
        """Keep the two together."""
        self.signature = signature
        self.callable = callable
        self.takesRequest = takesRequest

    def getArgs(self) -> Sequence[Argument]:
        """Return the arguments in order."""
        return self.signature.methodSignature

    def call(self, /, *args: Any, **kw: Any) -> Any:  # noqa: ANN401 - the function's
        """Call the function."""
        return self.callable(*args, **kw)


def positiveInt(x: str) -> int:
    """Return the number for the digits of one above zero.

    Raises:
        ValueError: It is none.
    """
    if len(x) > maxNumberLength or not (x.isascii() and x.isdigit()) or int(x) == 0:
        raise ValueError(f"{_shown(x)} is not a whole number above zero")
    return int(x)


def _text(value: object) -> str:
    """Return the text of what came from a form."""
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            raise InputError("it is not text in UTF-8") from None
    return "" if value is None else str(value)


def _shown(text: str) -> str:
    """Return a text for an error, not too much of it."""
    return repr(text if len(text) <= maxNumberLength else text[:maxNumberLength] + "...")


def _chosen(options: Iterable[Option], name: object, kind: str) -> Any:  # noqa: ANN401 - as offered
    """Return the value that a name stands for."""
    wanted = _text(name)
    for known, value, _ in options:
        if known == wanted:
            return value
    raise InputError(f"{_shown(wanted)} is no {kind} of this form")


__all__ = [
    "Argument",
    "Boolean",
    "CheckGroup",
    "Choice",
    "Date",
    "File",
    "Flags",
    "Float",
    "FormException",
    "FormMethod",
    "Hidden",
    "InputError",
    "Integer",
    "IntegerRange",
    "MethodSignature",
    "Password",
    "PresentationHint",
    "RadioGroup",
    "String",
    "Submit",
    "Text",
    "VerifiedPassword",
    "maxNumberLength",
    "positiveInt",
]
