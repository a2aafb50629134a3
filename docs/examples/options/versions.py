"""Keep versions of files: subcommands, and what the shell is told."""

import sys

from twisted.python import usage


class ImportOptions(usage.Options):
    optParameters = [
        ["module", "m", None, "The module to import into"],
        ["release", "r", None, "The name of the release"],
    ]
    compData = usage.Completions(extraActions=[usage.CompleteDirs()])

    def parseArgs(self, directory="."):
        self["directory"] = directory


class CheckoutOptions(usage.Options):
    optParameters = [
        ["module", "m", None, "The module to check out"],
        ["tag", "r", None, "The version"],
    ]
    compData = usage.Completions(optActions={"tag": usage.CompleteList(["stable", "latest"])})


class Options(usage.Options):
    subCommands = [
        ["import", None, ImportOptions, "Import a directory"],
        ["checkout", "co", CheckoutOptions, "Check out a module"],
    ]
    optParameters = [["repository", "r", "here", "Where the versions are"]]

    def postOptions(self):
        if self.subCommand is None:
            raise usage.UsageError("say what to do: import or checkout")


def main():
    options = Options()
    try:
        options.parseOptions()
    except usage.UsageError as error:
        sys.exit(f"{sys.argv[0]}: {error}")
    print(options.subCommand, "in", options["repository"], dict(options.subOptions))


if __name__ == "__main__":
    main()
