"""What a reactor adds for names: resolvers that can be changed."""

from typing import cast

from twisted.internet._resolver import IReactorWithThreadsAndTime, Resolving
from twisted.internet.interfaces import (
    IHostnameResolver,
    IReactorPluggableNameResolver,
    IReactorPluggableResolver,
    IResolverSimple,
)
from twisted.python.components import implementer


@implementer(IReactorPluggableResolver, IReactorPluggableNameResolver)
class PluggableResolverMixin:
    """A reactor whose resolver can be changed; it has threads and a time besides."""

    _resolvingOrNone: Resolving | None = None

    @property
    def _resolving(self) -> Resolving:
        if self._resolvingOrNone is None:
            self._resolvingOrNone = Resolving(cast(IReactorWithThreadsAndTime, self))
        return self._resolvingOrNone

    @property
    def nameResolver(self) -> IHostnameResolver:
        """The name resolver in use."""
        return self._resolving.nameResolver

    def installNameResolver(self, resolver: IHostnameResolver) -> IHostnameResolver:
        """Look up all names by another resolver from now on; returns the one before."""
        return self._resolving.installNameResolver(resolver)

    def installResolver(self, resolver: IResolverSimple) -> IResolverSimple:
        """Look up all names by another resolver from now on; returns the one before."""
        return self._resolving.installResolver(resolver)


__all__ = ["PluggableResolverMixin"]
