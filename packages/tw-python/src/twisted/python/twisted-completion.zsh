#compdef twist twistd trial pyhtmlizer
#
# Completes the command lines of commands whose options are a twisted.python.usage.Options class.
# The command itself says what can be completed: it is run with the words that were typed so far
# and two more, and prints code for zsh in place of doing its work.
#
# For another command: copy this file into a directory of $fpath, as _mycommand, and put the name
# of the command into the first line.

local completion
completion=$("${(@Q)words}" --_shell-completion zsh:$CURRENT 2>/dev/null)

if [[ $completion == '#compdef '* ]]; then
    eval "$completion"
else
    _default
fi
