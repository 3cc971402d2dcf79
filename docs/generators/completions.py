"""Completion scripts for bash, zsh and fish: the whole tree written down, so that a tab costs nothing.

They know commands, options and choices. Only for names of things in the store do they start `pacc _complete`, which looks there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generators.kinds import kinds
from generators.tree import read_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generators.tree import Command, Option

NOTE = "# Written by docs/generate.py from the command tree; changes made here are lost."


def files() -> dict[str, str]:
    """Return the three scripts by their paths."""
    tree = read_tree()
    return {
        "completions/bash/pacc": bash(tree),
        "completions/zsh/_pacc": zsh(tree),
        "completions/fish/pacc.fish": fish(tree),
    }


# --------------------------------------------------------------------------------------------- bash


def bash(tree: Command) -> str:
    """Return a script that walks the words typed so far down the tree, then offers what may follow."""
    steps, words, values, arguments = [], [], [], []
    for command in tree.walk():
        here = _key(command)
        for below in command.commands:
            named = "|".join((below.path[-1], *below.aliases))
            steps += [f'    "{here} {name}") at="{_key(below)}" count=0 ;;' for name in named.split("|")]
        offered = [below.path[-1] for below in command.commands] + _long_names(command)
        words.append(f'    "{here}") words="{" ".join(offered)}" ;;')
        values += [f'    "{here} {name}") {what} ;;' for name, what in _bash_values(command)]
        arguments += [f"    {place}) {what} ;;" for place, what in _bash_arguments(command)]
    valued = " | ".join(f'"{_key(command)} {name}"' for command in tree.walk() for name in _valued(command))
    text = _BASH.replace("@note@", NOTE).replace("@valued@", valued)
    for mark, lines in (("steps", steps), ("values", values), ("arguments", arguments), ("words", words)):
        text = text.replace(f"@{mark}@", "\n".join(lines))
    return text


_BASH = r"""@note@

# What the shell makes of a word: its text, where in it readline's own word begins, which quote is open, whether one was closed.
_pacc_read() {
  local raw="$1" letter i
  plain="" start=0 open="" closed=""
  for ((i = 0; i < ${#raw}; i++)); do
    letter="${raw:i:1}"
    case "$open-$letter" in
      "'-'" | '"-"') open="" closed=1 ;;
      "'-"*) plain+="$letter" ;;
      '"-\')
        case "${raw:i+1:1}" in '"' | '\' | '$' | '`') i=$((i + 1)) ;; esac
        plain+="${raw:i:1}" ;;
      '"-'*) plain+="$letter" ;;
      "-'" | '-"') open="$letter" start=${#plain} ;;
      '-\') i=$((i + 1)); plain+="${raw:i:1}" ;;
      *)
        plain+="$letter"
        case "$COMP_WORDBREAKS" in *"$letter"*) start=${#plain} ;; esac ;;
    esac
  done
}

# Offer a text that continues what is typed, quoted as what is typed is.
_pacc_offer() {
  local rest="$1" quoted
  case "$rest" in "$plain"*) rest="${rest:start}" ;; *) return ;; esac
  [ -n "$rest" ] || return
  case "$open" in
    "'") quoted="${rest//\'/\'\\\'\'}" ;;
    '"') quoted="${rest//\\/\\\\}"; quoted="${quoted//\"/\\\"}"; quoted="${quoted//\$/\\\$}"; quoted="${quoted//\`/\\\`}" ;;
    *) printf -v quoted %q "$rest" ;;
  esac
  case "$open-$rest" in "'-"*"'" | '"-'*'"') quoted+="$open" ;; esac # readline takes the last for the closing one
  COMPREPLY+=("$quoted")
}

_pacc() {
  local at="pacc" word words="" kinds="" previous="" before="" profile="" option="" count=0 i
  local line="${COMP_LINE:0:COMP_POINT}" rest typed=() plain start open closed

  # Bash breaks words at colons and the like; what stands together belongs together.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    rest="${line#"${line%%[![:space:]]*}"}" word="${COMP_WORDS[i]}"
    [ "$i" -gt 0 ] && [ "$rest" = "$line" ] || typed+=("")
    case "$rest" in "$word"*) ;; *) word="$rest" ;; esac
    typed[${#typed[@]}-1]+="$word"
    line="${rest#"$word"}"
  done

  for ((i = 1; i < ${#typed[@]} - 1; i++)); do
    word="${typed[i]}"
    case "$at $previous" in
      "pacc --profile" | "pacc -p") _pacc_read "$word"; profile="$plain"; previous="$word"; continue ;;
      @valued@) previous="$word"; continue ;;
    esac
    previous="$word"
    case "$at $word" in
      "pacc --profile="*) _pacc_read "${word#*=}"; profile="$plain" ;;
      *" --") return ;;
      *" -"*) ;;
@steps@
      *) _pacc_read "$word"; before="$plain" count=$((count + 1)) ;;
    esac
  done

  word="${typed[${#typed[@]}-1]}"
  _pacc_read "$word"
  [ -z "$closed" ] || return
  case "$word" in --*=*) option="${word%%=*}=" previous="${word%%=*}" ;; esac
  case "$at $previous" in
@values@
    @valued@) return ;;
  esac
  if [ -z "$words$kinds" ] && [ "${word:0:1}" != - ]; then
    case "$at $count" in
@arguments@
    esac
  fi
  if [ -n "$kinds" ]; then
    while IFS= read -r rest; do
      _pacc_offer "$option$rest"
      case "$rest" in *=) ! type compopt &>/dev/null || compopt -o nospace ;; esac
    done < <("${COMP_WORDS[0]/#\~/$HOME}" _complete "$kinds" "${plain#"$option"}" "$profile" "$before" 2>/dev/null)
    ! type compopt &>/dev/null || compopt +o default +o bashdefault
    return
  fi
  [ -n "$words" ] || case "$at" in
@words@
  esac
  for rest in $words; do _pacc_offer "$option$rest"; done
}

complete -o bashdefault -o default -F _pacc pacc pacc.pyz
"""


def _bash_values(command: Command) -> Iterator[tuple[str, str]]:
    for option in command.options:
        named = kinds(command, option)
        what = (
            f'words="{" ".join(option.choices)}"' if option.choices else f'kinds="{named}"' if named else ""
        )
        if option.value and what:
            yield from ((name, what) for name in option.names)


def _bash_arguments(command: Command) -> Iterator[tuple[str, str]]:
    for place, argument in enumerate(command.arguments):
        named = kinds(command, argument)
        what = f'words="{" ".join(argument.choices)}"' if argument.choices else f'kinds="{named}"'
        if argument.choices or named:
            yield (f'"{_key(command)} "*' if argument.several else f'"{_key(command)} {place}"'), what


# ---------------------------------------------------------------------------------------------- zsh


def zsh(tree: Command) -> str:
    """Return a script with one function for each command."""
    functions = [_zsh_function(command) for command in tree.walk()]
    return "\n".join(["#compdef pacc pacc.pyz", NOTE, "", _ZSH_NAMES, *functions, '_pacc "$@"', ""])


_ZSH_NAMES = r"""_pacc_names() {
  local -a found assignments
  found=(${(f)"$(${~pacc_program} _complete $1 "${(Q)PREFIX}" "${(Q)pacc_profile}" "${(Q)words[CURRENT-1]}" 2>/dev/null)"})
  assignments=(${(M)found:#*=}) found=(${found:#*=})
  (( $#assignments )) && compadd -S '' -a assignments
  compadd -a found
}
"""


def _zsh_function(command: Command) -> str:
    specs = [_zsh_option(command, option) for option in command.options]
    specs += [_zsh_argument(command, argument) for argument in command.arguments]
    if not command.commands:
        return _function(_zsh_name(command), [f"_arguments -s -S {' '.join(specs)}"])
    described = " ".join(_quoted(f"{below.path[-1]}:{below.line}") for below in command.commands)
    cases = [
        f"    {'|'.join((below.path[-1], *below.aliases))}) {_zsh_name(below)} ;;"
        for below in command.commands
    ]
    body = [
        "local context state line curcontext=$curcontext",
        *(_ZSH_ROOT if len(command.path) == 1 else ()),
        f"_arguments -C -s -S {' '.join(specs)} '1: :->command' '*:: :->rest'",
        f'case "$state" in command) local -a known=({described}); _describe command known ;;',
        "  rest)",
        *(_ZSH_PROFILE if len(command.path) == 1 else ()),
        '    case "$words[1]" in',
        *cases,
        "  esac ;;",
        "esac",
    ]
    return _function(_zsh_name(command), body)


_ZSH_ROOT = ("local pacc_program=$words[1] pacc_profile", "local -A opt_args")
_ZSH_PROFILE = ("    pacc_profile=${opt_args[--profile]:-$opt_args[-p]}",)


def _zsh_option(command: Command, option: Option) -> str:
    names = [name for name in option.names if name.startswith("-")]
    text = option.help.replace("[", "\\[").replace("]", "\\]").replace(":", "\\:")
    action = f":{option.value.lower()}:{_zsh_action(command, option, '_files')}" if option.value else ""
    together = f"({' '.join(names)})" if not option.several else "*"
    return " ".join(
        _quoted(f"{together}{name}{'=' * (bool(action) and name.startswith('--'))}[{text}]{action}")
        for name in names
    )


def _zsh_argument(command: Command, argument: Option) -> str:
    called = argument.names[0].lower().replace(":", "\\:")
    return _quoted(f"{'*' * argument.several}:{called}:{_zsh_action(command, argument, ' ')}")


def _zsh_action(command: Command, parameter: Option, otherwise: str) -> str:
    if parameter.choices:
        return f"({' '.join(parameter.choices)})"
    named = kinds(command, parameter)
    return f"{{_pacc_names {named}}}" if named else otherwise


def _function(name: str, body: list[str]) -> str:
    return "\n".join([f"{name}() {{", *(f"  {line}" for line in body), "}", ""])


def _zsh_name(command: Command) -> str:
    return "_" + "_".join(command.path).replace("-", "_")


# --------------------------------------------------------------------------------------------- fish


def fish(tree: Command) -> str:
    """Return a script with one line for each command, option and argument."""
    valued = sorted({name for command in tree.walk() for name in _valued(command)})
    lines = [NOTE, "", _FISH_WORDS.replace("@valued@", " ".join(valued)), "complete -c pacc -f"]
    for command in tree.walk():
        where = " ".join("|".join((each.path[-1], *each.aliases)) for each in _way(tree, command))
        test = "__pacc_at" if command.is_group else "__pacc_under"
        when = f'-n "{test} {_fish_quoted(where)}"'
        lines += [
            f"complete -c pacc {when} -a {below.path[-1]} -d {_fish_quoted(below.line)}"
            for below in command.commands
        ]
        lines += [_fish_option(command, option, when) for option in command.options]
        lines += _fish_arguments(command, where)
    return "\n".join([*lines, "complete -c pacc.pyz -w pacc"]) + "\n"


_FISH_WORDS = """set -g __pacc_valued @valued@

function __pacc_typed --description 'the words typed so far that are no options'
    set -l skip 0
    for word in (commandline -opc)[2..]
        if test $skip -eq 1
            set skip 0
        else if contains -- $word $__pacc_valued
            set skip 1
        else if not string match -q -- '-*' $word
            echo $word
        end
    end
end

function __pacc_under --description 'the words typed so far begin with these'
    set -l typed (__pacc_typed)
    set -l i 0
    for wanted in (string split -n ' ' -- $argv)
        set i (math $i + 1)
        contains -- "$typed[$i]" (string split '|' -- $wanted); or return 1
    end
    return 0
end

function __pacc_at --description 'the words typed so far are exactly these'
    test (count (__pacc_typed)) -eq (count (string split -n ' ' -- $argv)); and __pacc_under $argv
end

function __pacc_place --description 'so many words were typed after these'
    test (count (__pacc_typed)) -eq (math $argv[1] + (count (string split -n ' ' -- $argv[2]))); and __pacc_under $argv[2]
end

function __pacc_profile --description 'the profile that was asked for'
    set -l words (commandline -opc)
    for i in (seq 2 (count $words))
        switch $words[$i]
            case --profile -p
                echo -- $words[(math $i + 1)]
            case '--profile=*'
                string replace -- --profile= '' $words[$i]
            case '-*'
            case '*'
                set -l before $words[(math $i - 1)]
                contains -- $before --profile -p; or return
        end
    end
end

function __pacc_names --description 'names that begin with what is typed'
    set -l typed (string unescape -- (commandline -ct); or string trim -l -c '\"\\'' -- (commandline -ct))
    set -l typed (string replace -r -- '^--[a-z-]+=' '' "$typed")
    set -l words (commandline -opc)
    set -l profile (__pacc_profile)
    set -l before (__pacc_typed)
    command $words[1] _complete $argv[1] "$typed" "$profile" "$before[-1]" 2>/dev/null
end
"""


def _fish_option(command: Command, option: Option, when: str) -> str:
    names = " ".join(
        f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}"
        for name in option.names
        if name.startswith("-")
    )
    value = (
        f" -x -a {_fish_offer(command, option)}"
        if _fish_offer(command, option)
        else " -r" * bool(option.value)
    )
    return f"complete -c pacc {when} {names}{value} -d {_fish_quoted(option.help)}"


def _fish_arguments(command: Command, where: str) -> Iterator[str]:
    for place, argument in enumerate(command.arguments):
        test = f"__pacc_under {_fish_quoted(where)}"
        if not argument.several:
            test = f"__pacc_place {place} {_fish_quoted(where)}"
        offer = _fish_offer(command, argument)
        if offer:
            yield f'complete -c pacc -n "{test}" -a {offer}'


def _fish_offer(command: Command, parameter: Option) -> str:
    if parameter.choices:
        return f"'{' '.join(parameter.choices)}'"
    named = kinds(command, parameter)
    return f"'(__pacc_names {named})'" if named else ""


# ------------------------------------------------------------------------------------------- shared


def _key(command: Command) -> str:
    return "/".join(command.path)


def _long_names(command: Command) -> list[str]:
    return [name for option in command.options for name in option.names if name.startswith("--")]


def _valued(command: Command) -> list[str]:
    return [name for option in command.options if option.value for name in option.names]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _way(tree: Command, command: Command) -> list[Command]:
    """Return the commands from the first below the root down to this one."""
    return [each for each in tree.walk() if each is not tree and command.path[: len(each.path)] == each.path]
