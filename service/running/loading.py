"""The work behind the commands, loaded late."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import rich_click as click


@contextmanager
def loaded_commands() -> Iterator[ModuleType]:
    """The work behind the commands, loaded only now so that help comes at once; trouble is told in one sentence."""
    commands = importlib.import_module("service.running.commands")
    try:
        yield commands
    except commands.TROUBLE as trouble:
        click.secho(str(trouble), fg="red", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
