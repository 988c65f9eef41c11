"""Lines of a CSV file that spreadsheets open as it is, every cell as text.

A cell that begins like a formula would be computed by the spreadsheet of whoever opens the file
(https://owasp.org/www-community/attacks/CSV_Injection); an apostrophe in front makes it text. The
same goes for words behind a separator inside a cell: a program that takes another separator than
ours begins a cell there.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

BEGIN = "\ufeff"
"""First in the file: without it Excel takes UTF-8 for the machine's old code page."""

SEPARATOR = ";"
"""What Excel expects where decimals are written with a comma, as in Indonesia."""

_FORMULA = r"[=+\-@＝＋－＠]"
_BEGINS_ONE = re.compile(rf'[\s"]*{_FORMULA}|[\t\r\n]')
_INNER = re.compile(rf'(?<=[,;|\t\r\n])([\s"]*)(?={_FORMULA})')


def as_text(cell: str) -> str:
    """The cell, neutralised where a spreadsheet would compute it."""
    cell = _INNER.sub(r"\1'", cell)
    return f"'{cell}" if _BEGINS_ONE.match(cell) else cell


def csv_line(cells: Iterable[str]) -> str:
    """One line, with its end."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=SEPARATOR, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(map(as_text, cells))
    return out.getvalue()
