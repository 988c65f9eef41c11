"""Reads YAML files field by field and remembers the line of every mistake.

A reader never raises for wrong content: it records a `Problem` and returns a harmless value, so
that one run shows all mistakes. Whoever built an object from such values throws it away when there
are problems.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, time
from pathlib import Path
from typing import Any, TypeVar

from rapidfuzz import fuzz, process
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from wadul.office.problems import Problem, Severity

T = TypeVar("T")

_KINDS = {bool: "ya/tidak", int: "angka", float: "angka", str: "teks", date: "tanggal"}


class Report:
    """Collects the problems of all files of one run."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(
        self, file: str, line: int, field: str, message: str, severity: Severity = Severity.ERROR
    ) -> None:
        self.problems.append(Problem(file, line, field, message, severity))

    @property
    def has_errors(self) -> bool:
        return any(problem.severity is Severity.ERROR for problem in self.problems)


def read_yaml(path: Path, file: str, report: Report) -> Any:
    """The parsed document, or None after a problem was recorded."""
    yaml = YAML(typ="rt")
    try:
        document = yaml.load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        report.add(file, 0, "", "berkas ini harus ada.")
    except OSError:
        report.add(file, 0, "", "berkas ini tidak dapat dibuka.")
    except UnicodeDecodeError:
        report.add(file, 0, "", "berkas harus disimpan sebagai teks UTF-8.")
    except DuplicateKeyError as error:
        report.add(
            file, _line(error), _quoted(error), "kolom ini ditulis dua kali; hapus salah satu."
        )
    except YAMLError as error:
        report.add(file, _line(error), "", _syntax_hint(error))
    else:
        if document is None:
            report.add(file, 1, "", "berkas ini kosong.")
        return document
    return None


def _line(error: YAMLError) -> int:
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    return mark.line + 1 if mark else 0


def _quoted(error: MarkedYAMLError) -> str:
    parts = str(error.problem).split('"')
    return parts[1] if len(parts) > 1 else ""


def _syntax_hint(error: YAMLError) -> str:
    problem = str(error.problem) if isinstance(error, MarkedYAMLError) else ""
    if "mapping values are not allowed" in problem:
        return 'ada titik dua (:) di dalam teks; tulis teks itu di dalam tanda kutip ("…").'
    if "\\t" in problem or "tab" in problem:
        return "ada tabulasi; pakai spasi untuk menjorokkan baris."
    if "end of stream" in problem or "quoted scalar" in problem:
        return 'ada tanda kutip (") yang tidak ditutup.'
    return "susunan YAML tidak terbaca; periksa spasi di awal baris, tanda - dan tanda kutip."


class Fields:
    """One mapping of a YAML file. Ask for each field, then call `close` to report unknown ones."""

    def __init__(self, data: CommentedMap, file: str, report: Report, path: str = "") -> None:
        self._data, self._file, self._report, self._path = data, file, report, path
        self._asked: list[str] = []

    @property
    def file(self) -> str:
        return self._file

    def line(self, key: str | None = None) -> int:
        """The line of a key, or of the mapping itself."""
        if key is not None and key in self._data:
            return int(self._data.lc.key(key)[0]) + 1
        return int(self._data.lc.line) + 1

    def problem(
        self,
        key: str,
        message: str,
        *,
        line: int | None = None,
        severity: Severity = Severity.ERROR,
    ) -> None:
        at = line if line is not None else self.line(key)
        self._report.add(self._file, at, f"{self._path}{key}", message, severity)

    def close(self) -> None:
        """Everything that was never asked for is unknown."""
        for key in self._data:
            if key in self._asked:
                continue
            near = process.extractOne(str(key), self._asked, scorer=fuzz.ratio, score_cutoff=60)
            hint = f' Maksudnya "{near[0]}"?' if near else ""
            self.problem(str(key), f"kolom ini tidak dikenal.{hint}")

    # One value

    def text(self, key: str, *, longest: int = 600, default: str | None = None) -> str:
        """A non-empty text; missing is a problem unless a default is given."""
        if default is not None and self._absent(key):
            return default
        return self._get(key, lambda value: self._checked_text(key, value, longest)) or ""

    def optional_text(
        self, key: str, *, longest: int = 600, required_key: bool = False
    ) -> str | None:
        """A text or null. `required_key`: the key must be there, so that nobody forgets it."""
        return self._nullable(key, required_key, lambda v: self._checked_text(key, v, longest))

    def number(self, key: str) -> float:
        def convert(value: object) -> float | None:
            if isinstance(value, int | float) and not isinstance(value, bool):
                return float(value)
            self.problem(key, f"harus angka, bukan {_kind(value)}.")
            return None

        return self._get(key, convert) or 0.0

    def whole_number(self, key: str, default: int) -> int:
        if self._absent(key):
            return default

        def convert(value: object) -> int | None:
            if isinstance(value, int) and not isinstance(value, bool):
                return value
            self.problem(key, f"harus angka bulat, bukan {_kind(value)}.")
            return None

        value = self._get(key, convert)
        return default if value is None else value

    def flag(self, key: str) -> bool:
        """true/false; false when absent."""
        if self._absent(key):
            return False

        def convert(value: object) -> bool | None:
            if isinstance(value, bool):
                return value
            self.problem(key, "harus true (ya) atau false (tidak).")
            return None

        return self._get(key, convert) or False

    def choice(self, key: str, options: Iterable[str], default: str | None = None) -> str:
        value = self.text(key, default=default)
        self.must_be_one_of(key, value, options)
        return value

    def must_be_one_of(
        self, key: str, value: str, options: Iterable[str], line: int | None = None
    ) -> None:
        known = list(options)
        if not value or value in known:
            return
        near = process.extractOne(value, known, scorer=fuzz.ratio, score_cutoff=60)
        hint = f' Maksudnya "{near[0]}"?' if near else ""
        self.problem(
            key, f'"{value}" tidak dikenal; pilih salah satu: {", ".join(known)}.{hint}', line=line
        )

    def day(self, key: str) -> date:
        return self._get(key, lambda value: self._checked_day(key, value)) or date.min

    def optional_day(self, key: str, *, required_key: bool = False) -> date | None:
        return self._nullable(key, required_key, lambda value: self._checked_day(key, value))

    def clock(self, key: str) -> time | None:
        """A time of day; None after a problem."""

        def convert(value: object) -> time | None:
            text = str(value).replace(".", ":") if isinstance(value, str) else ""
            try:
                hour, minute = (int(part) for part in text.split(":"))
                return time(hour, minute)
            except ValueError:
                self.problem(
                    key, f'harus jam seperti "07:30" (dengan tanda kutip), bukan "{value}".'
                )
                return None

        return self._get(key, convert)

    # Several values

    def texts(
        self, key: str, *, longest: int = 600, at_least: int = 1, optional: bool = False
    ) -> tuple[str, ...]:
        return tuple(text for text, _ in self.texts_with_lines(key, longest, at_least, optional))

    def texts_with_lines(
        self, key: str, longest: int = 600, at_least: int = 1, optional: bool = False
    ) -> list[tuple[str, int]]:
        """The texts of a list, each with its line."""
        if optional and self._absent(key):
            return []
        found: list[tuple[str, int]] = []
        for value, line in self._items(key, at_least):
            text = self._checked_text(key, value, longest, line)
            if text is not None:
                found.append((text, line))
        return found

    def group(self, key: str) -> Fields | None:
        """A nested mapping; missing is a problem."""
        return self._get(key, lambda value: self._checked_group(key, value))

    def optional_group(self, key: str) -> Fields | None:
        return self._nullable(key, False, lambda value: self._checked_group(key, value))

    def groups(self, key: str, *, at_least: int = 0, optional: bool = False) -> list[Fields]:
        """A list of mappings."""
        if optional and self._absent(key):
            return []
        found: list[Fields] = []
        for number, (value, line) in enumerate(self._items(key, at_least), 1):
            if isinstance(value, CommentedMap):
                path = f"{self._path}{key}[{number}]."
                found.append(Fields(value, self._file, self._report, path))
            else:
                self.problem(
                    key, "setiap isi daftar harus berupa pasangan kolom: nilai.", line=line
                )
        return found

    # How a value is fetched

    def _absent(self, key: str) -> bool:
        self._asked.append(key)
        return self._data.get(key) is None

    def _get(self, key: str, convert: Callable[[object], T | None]) -> T | None:
        self._asked.append(key)
        if key not in self._data:
            self.problem(key, "kolom ini harus ada.")
            return None
        if self._data[key] is None:
            self.problem(key, "kolom ini harus diisi.")
            return None
        return convert(self._data[key])

    def _nullable(
        self, key: str, required_key: bool, convert: Callable[[object], T | None]
    ) -> T | None:
        self._asked.append(key)
        if key not in self._data:
            if required_key:
                self.problem(key, "kolom ini harus ada (isi null bila belum ada).")
            return None
        value = self._data[key]
        return None if value is None else convert(value)

    def _items(self, key: str, at_least: int) -> list[tuple[object, int]]:
        def convert(value: object) -> list[tuple[object, int]] | None:
            if not isinstance(value, CommentedSeq):
                self.problem(
                    key, f'harus berupa daftar (baris yang diawali "- "), bukan {_kind(value)}.'
                )
                return None
            if len(value) < at_least:
                self.problem(key, f"daftar ini harus berisi paling sedikit {at_least}.")
            return [(item, int(value.lc.item(i)[0]) + 1) for i, item in enumerate(value)]

        return self._get(key, convert) or []

    # How a value is checked

    def _checked_text(
        self, key: str, value: object, longest: int, line: int | None = None
    ) -> str | None:
        if not isinstance(value, str):
            self.problem(
                key,
                f'harus teks, bukan {_kind(value)}; tulis di dalam tanda kutip ("…").',
                line=line,
            )
            return None
        text = str(value).strip()
        if not text:
            self.problem(key, "teks ini tidak boleh kosong.", line=line)
            return None
        if len(text) > longest:
            self.problem(
                key, f"teks ini {len(text)} huruf; paling panjang {longest} huruf.", line=line
            )
        return text

    def _checked_day(self, key: str, value: object) -> date | None:
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.problem(
                key, f'harus tanggal seperti "2026-11-24" (tahun-bulan-hari), bukan "{value}".'
            )
            return None

    def _checked_group(self, key: str, value: object) -> Fields | None:
        if isinstance(value, CommentedMap):
            return Fields(value, self._file, self._report, f"{self._path}{key}.")
        self.problem(key, f"harus berisi kolom-kolom di bawahnya, bukan {_kind(value)}.")
        return None


def _kind(value: object) -> str:
    if isinstance(value, CommentedMap):
        return "kelompok kolom"
    if isinstance(value, CommentedSeq):
        return "daftar"
    return next((name for kind, name in _KINDS.items() if isinstance(value, kind)), "nilai lain")
