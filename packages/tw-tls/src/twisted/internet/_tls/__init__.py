"""The rooms behind `twisted.internet.ssl`: certificates, keys, and how TLS is to be spoken."""
