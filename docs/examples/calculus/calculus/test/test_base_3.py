"""What is no number is refused, by all operations alike."""

from calculus.base_3 import Calculation
from twisted.trial.unittest import TestCase


class CalculationTests(TestCase):
    def setUp(self):
        self.calculation = Calculation()

    def check(self, operation, a, b, expected):
        self.assertEqual(operation(a, b), expected)

    def test_add(self):
        self.check(self.calculation.add, 3, 8, 11)

    def test_subtract(self):
        self.check(self.calculation.subtract, 7, 3, 4)

    def test_multiply(self):
        self.check(self.calculation.multiply, 6, 9, 54)

    def test_divide(self):
        self.check(self.calculation.divide, 12, 5, 2)

    def checkError(self, operation):
        self.assertRaises(TypeError, operation, "foo", 2)
        self.assertRaises(TypeError, operation, "bar", "egg")
        self.assertRaises(TypeError, operation, [3], [8, 2])
        self.assertRaises(TypeError, operation, {"e": 3}, {"r": "t"})

    def test_errorAdd(self):
        self.checkError(self.calculation.add)

    def test_errorSubtract(self):
        self.checkError(self.calculation.subtract)

    def test_errorMultiply(self):
        self.checkError(self.calculation.multiply)

    def test_errorDivide(self):
        self.checkError(self.calculation.divide)
