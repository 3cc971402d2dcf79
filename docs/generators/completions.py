"""Completion scripts for bash, zsh and fish: the whole tree written down, so that a tab costs nothing.

They know commands, options and choices. They start no process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generators.tree import read_tree

if TYPE_CHECKING:
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
    steps, words, values = [], [], []
    for command in tree.walk():
        here = _key(command)
        for below in command.commands:
            named = "|".join((below.path[-1], *below.aliases))
            steps += [f'    "{here} {name}") at="{_key(below)}" ;;' for name in named.split("|")]
        offered = [below.path[-1] for below in command.commands] + _long_names(command)
        words.append(f'    "{here}") words="{" ".join(offered)}" ;;')
        values += [f'    "{here} {name}") words="{words_}" ;;' for name, words_ in _bash_values(command)]
    valued = " | ".join(f'"{_key(command)} {name}"' for command in tree.walk() for name in _valued(command))
    return _BASH.format(
        note=NOTE,
        steps="\n".join(f"    {step}" for step in steps),
        valued=valued,
        values="\n".join(values),
        words="\n".join(words),
    )


_BASH = """{note}

_pacc() {{
  local at="pacc" word words="" current="${{COMP_WORDS[COMP_CWORD]}}" previous="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="${{COMP_WORDS[i]}}"
    case "$at $previous" in
      {valued}) previous="$word"; continue ;;
    esac
    previous="$word"
    case "$at $word" in
{steps}
    esac
  done
  case "$at ${{COMP_WORDS[COMP_CWORD-1]}}" in
{values}
    {valued}) return ;;
  esac
  [ -n "$words" ] || case "$at" in
{words}
  esac
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$words" -- "$current")
}}

complete -o bashdefault -o default -F _pacc pacc
"""


def _bash_values(command: Command) -> list[tuple[str, str]]:
    return [
        (name, " ".join(option.choices))
        for option in command.options
        if option.choices
        for name in option.names
    ]


# ---------------------------------------------------------------------------------------------- zsh


def zsh(tree: Command) -> str:
    """Return a script with one function for each command."""
    functions = [_zsh_function(command) for command in tree.walk()]
    return "\n".join(["#compdef pacc", NOTE, "", *functions, '_pacc "$@"', ""])


def _zsh_function(command: Command) -> str:
    specs = [_zsh_option(option) for option in command.options]
    specs += [_zsh_argument(argument) for argument in command.arguments]
    if not command.commands:
        return _function(_zsh_name(command), [f"_arguments -s -S {' '.join(specs)}"])
    described = " ".join(_quoted(f"{below.path[-1]}:{below.line}") for below in command.commands)
    cases = [
        f"    {'|'.join((below.path[-1], *below.aliases))}) {_zsh_name(below)} ;;"
        for below in command.commands
    ]
    body = [
        "local context state line curcontext=$curcontext",
        f"_arguments -C -s -S {' '.join(specs)} '1: :->command' '*:: :->rest'",
        f'case "$state" in command) local -a known=({described}); _describe command known ;;',
        '  rest) case "$words[1]" in',
        *cases,
        "  esac ;;",
        "esac",
    ]
    return _function(_zsh_name(command), body)


def _zsh_option(option: Option) -> str:
    names = [name for name in option.names if name.startswith("-")]
    text = option.help.replace("[", "\\[").replace("]", "\\]").replace(":", "\\:")
    action = "" if not option.value else f":{_zsh_value(option)}"
    together = f"({' '.join(names)})" if not option.several else "*"
    return " ".join(_quoted(f"{together}{name}[{text}]{action}") for name in names)


def _zsh_value(option: Option) -> str:
    return f"value:({' '.join(option.choices)})" if option.choices else f"{option.value.lower()}:_files"


def _zsh_argument(argument: Option) -> str:
    action = f"({' '.join(argument.choices)})" if argument.choices else " "
    return _quoted(f"{'*' if argument.several else ''}:{argument.names[0].lower()}:{action}")


def _function(name: str, body: list[str]) -> str:
    return "\n".join([f"{name}() {{", *(f"  {line}" for line in body), "}", ""])


def _zsh_name(command: Command) -> str:
    return "_" + "_".join(command.path).replace("-", "_")


# --------------------------------------------------------------------------------------------- fish


def fish(tree: Command) -> str:
    """Return a script with one line for each command and option."""
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
        lines += [_fish_option(option, when) for option in command.options]
    return "\n".join(lines) + "\n"


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
"""


def _fish_option(option: Option, when: str) -> str:
    names = " ".join(
        f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}"
        for name in option.names
        if name.startswith("-")
    )
    value = f" -x -a '{' '.join(option.choices)}'" if option.choices else " -r" if option.value else ""
    return f"complete -c pacc {when} {names}{value} -d {_fish_quoted(option.help)}"


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
