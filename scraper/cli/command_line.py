"""The command line that a command was started with, to be pasted again."""

from __future__ import annotations

import shlex

import typer


def command_line(context: typer.Context) -> str:
    """Return the running command with the options that were given.

    What comes from the environment is left out: it is still there.
    """
    words = ["hkcnews", str(context.info_name)]
    for parameter in context.command.params:
        name = str(parameter.name)
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            words.append(parameter.opts[0])
            if not getattr(parameter, "is_flag", False):
                value = context.params[name]
                words.append(f"{value:g}" if isinstance(value, float) else str(value))
    return shlex.join(words)
