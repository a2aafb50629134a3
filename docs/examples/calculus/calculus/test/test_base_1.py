"""What is to be computed, before it is."""

from calculus.base_1 import Calculation
from twisted.trial.unittest import TestCase


class CalculationTests(TestCase):
    def test_add(self):
        self.assertEqual(Calculation().add(3, 8), 11)

    def test_subtract(self):
        self.assertEqual(Calculation().subtract(7, 3), 4)

    def test_multiply(self):
        self.assertEqual(Calculation().multiply(12, 5), 60)

    def test_divide(self):
        self.assertEqual(Calculation().divide(12, 5), 2)
