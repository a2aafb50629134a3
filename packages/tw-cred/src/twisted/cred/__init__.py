"""Authentication that a program plugs together: portals, realms, checkers and credentials.

A protocol makes credentials of what its peer sent and hands them to a portal. The portal asks the
checker for this kind of credentials whose they are, and its realm for the avatar of that user: the
object that acts for them. Protocol, checker and realm know nothing of each other.
"""
