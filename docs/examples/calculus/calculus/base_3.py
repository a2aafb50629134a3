"""Arithmetic with whole numbers only."""


class Calculation:
    def add(self, a, b):
        return self._whole(a) + self._whole(b)

    def subtract(self, a, b):
        return self._whole(a) - self._whole(b)

    def multiply(self, a, b):
        return self._whole(a) * self._whole(b)

    def divide(self, a, b):
        return self._whole(a) // self._whole(b)

    def _whole(self, value):
        try:
            return int(value)
        except ValueError:
            raise TypeError(f"a whole number is needed, not {value!r}") from None
