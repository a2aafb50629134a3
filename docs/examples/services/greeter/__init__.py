"""A service that greets whoever connects, and counts them."""
