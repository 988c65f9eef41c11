"""How every command answers: a table for people, JSON for programs, one sentence for an error."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any, ParamSpec, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from wadul.exceptions import WadulError

P = ParamSpec("P")
T = TypeVar("T")

AsJson = Annotated[bool, typer.Option("--json", help="JSON with stable keys.")]
Office = Annotated[str, typer.Option("--office", help="Office id; not needed with one office.")]

console = Console()
errors = Console(stderr=True)


def print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Cells are shown as they are: what a resident wrote is never read as markup."""
    table = Table(title=title, title_justify="left")
    for index, column in enumerate(columns):
        table.add_column(column, no_wrap=index == 0)  # a number or time stays in one piece
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    console.print(table)


def says_errors(command: Callable[P, T]) -> Callable[P, T]:
    """Turn our errors into one sentence and exit code 1."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return command(*args, **kwargs)
        except WadulError as error:
            errors.print(Text(f"wadul: {error}", style="red"))
            raise typer.Exit(1) from error

    return wrapped
