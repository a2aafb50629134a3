"""A server that lets in whoever knows the word."""
