"""The types of endpoint descriptions for what passes connections on."""

from twisted.protocols.haproxy import HAProxyServerParser

haproxyServer: HAProxyServerParser = HAProxyServerParser()
