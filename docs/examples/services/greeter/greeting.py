"""What to say to a visitor. This file knows nothing of the network."""


class Greeter:
    """Greets visitors and counts them."""

    def __init__(self, greeting: str) -> None:
        self.greeting = greeting
        self.visitors = 0

    def greet(self, name: str) -> str:
        """Return the greeting of one more visitor."""
        self.visitors += 1
        return f"{self.greeting}, {name or 'stranger'}! You are number {self.visitors}."
