# Completes the command lines of commands whose options are a twisted.python.usage.Options class.
# The command itself says what can be completed: it is run with the words that were typed so far
# and two more, and prints a list of words in place of doing its work.
#
# Read this file from ~/.bashrc, or put it into a directory that bash-completion reads, and say
# which other commands it is for:
#
#     source twisted-completion.bash
#     complete -o bashdefault -o default -F _twisted_completion mycommand

_twisted_completion() {
    # bash divides words at the characters of COMP_WORDBREAKS too, such as = and :. What no blank
    # stands between is one word here.
    local words=() word rest=$COMP_LINE number=0 index
    for ((index = 0; index < ${#COMP_WORDS[@]}; index++)); do
        word=${COMP_WORDS[index]}
        if ((index > 0)) && [[ $rest == "$word"* && $rest != [[:blank:]]* && -n $rest ]]; then
            words[${#words[@]} - 1]+=$word
        else
            rest=${rest#"${rest%%[![:blank:]]*}"}
            words+=("$word")
        fi
        rest=${rest#"$word"}
        ((index == COMP_CWORD)) && number=${#words[@]}
    done

    local typed=${words[number - 1]} last=${COMP_WORDS[COMP_CWORD]} answer
    answer=$("${words[0]}" "${words[@]:1}" --_shell-completion "bash:$number" 2>/dev/null) || return
    [[ $answer == '#complete '* ]] || return

    # bash replaces the last piece of the word alone.
    [[ $last == [=:] ]] && last=
    local head=${typed%"$last"}
    COMPREPLY=()
    while IFS= read -r word; do
        COMPREPLY+=("${word#"$head"}")
    done < <(tail -n +2 <<<"$answer")
    compopt +o bashdefault +o default
    # A directory, a user and an option with a value go on.
    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[/=@] ]] && compopt -o nospace
    return 0
}

complete -o bashdefault -o default -F _twisted_completion twist twistd trial pyhtmlizer
