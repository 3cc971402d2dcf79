"""`pacc run`: a flow of a file, run here and now with its parameters as options; or a script written for Prefect, as it stands."""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pacc.cli._arguments import Param, Params, whole_arguments
from pacc.cli._commands import PlainCommand, as_command
from pacc.cli._exits import CommandError, UsageError
from pacc.cli._values import json_or_word, named_values

if TYPE_CHECKING:
    from collections.abc import Iterable

    from typer._click import Command, Context

    from pacc.flows import Flow

_HELP = """Run a flow here and now, its parameters as options.

    TARGET is file.py, file.py:function or package.module:function; `pacc run TARGET --help` shows the options that the flow's
    parameters make. With --as-prefect, run a script written for Prefect without changing it, whatever is installed."""


def command(
    target: Annotated[
        str,
        typer.Argument(
            metavar="TARGET [ARGUMENTS]...",
            help="file.py, file.py:function, package.module:function; a script with --as-prefect.",
            show_default=False,
        ),
    ],
    *,
    param: Param = None,
    params: Params = None,
    as_prefect: Annotated[
        bool, typer.Option("--as-prefect", help="Run a script that imports prefect, with its arguments.")
    ] = False,
) -> None:
    """Stand for the help page; what runs is made by `RunCommand` when it knows the target."""
    del param, params, as_prefect
    raise UsageError(f'what is to be run comes first: pacc run "{target}" ...', hint="pacc run --help")


command.__doc__ = _HELP


class RunCommand(PlainCommand):
    """Becomes the command of the flow that is named first, or of the script behind `--as-prefect`."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: Context | None = None, **extra: Any
    ) -> Context:
        """Return the context of the command that the first word asks for."""
        if args and args[0] == "--as-prefect" and len(args) > 1 and not args[1].startswith("-"):
            made, rest = _of_script(args[1], args[2:]), []
        elif args and not args[0].startswith("-"):
            made, rest = _of_flow(args[0]), args[1:]
        else:
            return super().make_context(info_name, args, parent, **extra)
        return made.make_context(f"{info_name} {made.name}", rest, parent, **extra)


def _made() -> RunCommand:
    plain: Any = as_command("run", command)
    plain.__class__ = RunCommand
    return plain  # type: ignore[no-any-return]


group = _made()
"""The command."""


def _of_script(path: str, arguments: list[str]) -> Command:
    def run_script() -> None:
        """Run a script written for Prefect."""
        from pacc.as_prefect import script  # start-up: few commands need it

        script(path, arguments)()

    return as_command(path, run_script)


# -- flows ---------------------------------------------------------------------------------------------------------------


def _of_flow(target: str) -> Command:
    flow = _loaded(target)
    options = [_option(each) for each in flow.binder.signature.parameters.values() if _can_be_given(each)]
    names = [option.name for option in options]

    def run_flow(*, param: list[str] | None = None, params: str | None = None, **given: Any) -> None:
        values = {**whole_arguments(params), **_values(flow, {name: given[name] for name in names})}
        _run(flow, {**values, **named_values(param or (), "--param")})

    run_flow.__doc__ = flow.description or f"Run the flow {flow.name}."
    fixed = inspect.signature(run_flow).parameters
    last = [fixed["param"].replace(annotation=Param), fixed["params"].replace(annotation=Params)]
    run_flow.__signature__ = inspect.Signature([*options, *last])  # type: ignore[attr-defined]
    run_flow.__annotations__ = {each.name: each.annotation for each in options} | {
        "param": Param,
        "params": Params,
    }
    return as_command(target, run_flow)


def _loaded(target: str) -> Flow[..., Any]:
    from pacc.engine.entrypoints import load_file  # start-up: help needs no engine
    from pacc.exceptions import UnspecifiedFlowError
    from pacc.flows import Flow, load_flow_from_entrypoint, select_flow

    if ":" in target or not target.endswith(".py"):
        return load_flow_from_entrypoint(target)
    module = load_file(target)
    named = {id(each): name for name, each in vars(module).items() if isinstance(each, Flow)}
    flows = [getattr(module, name) for name in named.values()]
    own = [each for each in flows if each.__module__ == module.__name__]
    try:
        return select_flow(own or flows, from_message=f"in {target!r}")
    except UnspecifiedFlowError as several:
        raise UnspecifiedFlowError(
            *several.args, hint=f"pacc run {target}:{named[id((own or flows)[0])]}"
        ) from None


def _can_be_given(parameter: inspect.Parameter) -> bool:
    plain = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return parameter.kind in plain and parameter.name not in ("param", "params", "help", "self", "cls")


def _option(parameter: inspect.Parameter) -> inspect.Parameter:
    """Return an option for a parameter: a switch for a truth value, text for anything else."""
    word = parameter.name.replace("_", "-")
    hint = parameter.annotation
    is_switch = hint in (bool, "bool")
    told = typer.Option(
        f"--{word}/--no-{word}" if is_switch else f"--{word}",
        metavar=None if is_switch else _metavar(hint),
        help=_told(parameter),
        show_default=False,
    )
    kind = bool | None if is_switch else str | None
    return inspect.Parameter(
        parameter.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind, told]
    )


def _metavar(hint: Any) -> str:
    if hint is inspect.Parameter.empty:
        return "VALUE"
    return (
        str(hint if isinstance(hint, str) else getattr(hint, "__name__", hint)).upper().replace("TYPING.", "")
    )


def _told(parameter: inspect.Parameter) -> str:
    if parameter.default is inspect.Parameter.empty:
        return "Needed."
    return f"By default {parameter.default!r}."


def _values(flow: Flow[..., Any], given: dict[str, Any]) -> dict[str, Any]:
    """Return what was given; text stays text where the hint says so, else it may be JSON."""
    hints = {name: each.annotation for name, each in flow.binder.signature.parameters.items()}
    return {
        name: json_or_word(value) if isinstance(value, str) and hints[name] not in (str, "str") else value
        for name, value in given.items()
        if value is not None
    }


def _run(flow: Flow[..., Any], parameters: dict[str, Any]) -> None:
    from pacc.engine import place  # start-up: help needs no engine
    from pacc.engine.flow_run import run
    from pacc.loops.housekeeper import housekeeper

    missing = _missing(flow, parameters)
    if missing:
        raise UsageError(f"{_listed(missing)} missing", hint=f"{' '.join(sys.argv[1:3])} --help")
    bound = flow.binder.bind((), parameters)
    housekeeper.wanted(place.current().store)
    state = _ended(run(flow, bound, return_state=not flow.isgenerator, wait_for=None))
    if state is not None and not state.is_completed():
        raise CommandError(f"the flow run ended in state {state}", hint="pacc flow-run inspect @last")


def _missing(flow: Flow[..., Any], parameters: dict[str, Any]) -> list[str]:
    return [
        each.name
        for each in flow.binder.signature.parameters.values()
        if each.default is inspect.Parameter.empty and _can_be_given(each) and each.name not in parameters
    ]


def _listed(names: Iterable[str]) -> str:
    words = [f"--{name.replace('_', '-')}" for name in names]
    return f"{', '.join(words)} {'is' if len(words) == 1 else 'are'}"


def _ended(running: Any) -> Any:
    """Wait for a flow of either colour, and for all values of one that yields."""
    from pacc._internal.steps import run_in_own_loop  # start-up

    if inspect.isawaitable(running):
        return run_in_own_loop(running)
    if hasattr(running, "__anext__"):
        return run_in_own_loop(_gone_through(running))
    if inspect.isgenerator(running):
        for _ in running:
            pass
        return None
    return running


async def _gone_through(values: Any) -> None:
    async for _ in values:
        pass
