"""The plugins: every module that any distribution or directory lays into `twisted/plugins/`.

The directories are those below the entries of `sys.path`. Plugins are found by
`twisted.plugin.getPlugins`, which also sees to it that entries that were added later count.
"""

from twisted.plugin import pluginPackagePaths

# Not pkgutil.extend_path: that would look only where `twisted` itself was found.
__path__.extend(pluginPackagePaths(__name__))

__all__: list[str] = []
