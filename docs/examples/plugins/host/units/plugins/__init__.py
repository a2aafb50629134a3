"""The plugins of this program: modules in `units/plugins/`, below any entry of `sys.path`."""

from twisted.plugin import pluginPackagePaths

__path__.extend(pluginPackagePaths(__name__))
__all__: list[str] = []
