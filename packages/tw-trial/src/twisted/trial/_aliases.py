"""Older names of assertions, which existing tests use.

Those that begin with `fail` say the same as those that begin with `assert`: `failUnlessEqual` is
`assertEqual`, `failIfEqual` is `assertNotEqual`. They are names for the same methods, so a class
that overrides one overrides it under its own name only.
"""

from twisted.trial._assertions import Assertions


class AliasedAssertions(Assertions):
    """The assertions under all their names."""

    # The standard library had some of these, which returned nothing.
    failUnless = Assertions.assertTrue  # type: ignore[assignment]  # returns its argument
    failIf = Assertions.assertFalse  # type: ignore[assignment]  # returns its argument
    failUnlessRaises = Assertions.assertRaises  # type: ignore[assignment]  # returns the exception
    assert_ = Assertions.assertTrue  # type: ignore[assignment]  # returns its argument
    failUnlessTrue = Assertions.assertTrue
    assertNot = failUnlessFalse = Assertions.assertFalse
    assertEquals = failUnlessEquals = failUnlessEqual = Assertions.assertEqual
    assertNotEquals = failIfEquals = failIfEqual = Assertions.assertNotEqual
    assertIdentical = failUnlessIdentical = Assertions.assertIs
    assertNotIdentical = failIfIdentical = Assertions.assertIsNot
    failUnlessIn = Assertions.assertIn
    failIfIn = Assertions.assertNotIn
    failUnlessSubstring = Assertions.assertSubstring
    failIfSubstring = Assertions.assertNotSubstring
    failUnlessApproximates = Assertions.assertApproximates
    assertAlmostEquals = failUnlessAlmostEqual = Assertions.assertAlmostEqual
    assertNotAlmostEquals = Assertions.assertNotAlmostEqual
    failIfAlmostEqual = failIfAlmostEquals = Assertions.assertNotAlmostEqual
    failUnlessIsInstance = Assertions.assertIsInstance
    failIfIsInstance = Assertions.assertNotIsInstance
    failUnlessWarns = Assertions.assertWarns


__all__ = ["AliasedAssertions"]
