"""The same, with what the tests share in setUp."""

from calculus.base_2 import Calculation
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
