"""Writing tables row by row into a file, in memory that does not grow with them: CSV, XLSX, Parquet.

Each brings its dictionary: beside the table in a ZIP, on a sheet of its own, in the columns' metadata.
"""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Protocol

import xlsxwriter

from service.exports.cells import Cell, plain, written
from service.exports.columns import ColumnKind, ExportColumn

Row = Sequence[Cell]
ROWS_OF_A_SHEET = 1_000_000
"""Below the 1,048,576 that a sheet may have."""


class TableWriter(Protocol):
    """Takes rows until it is closed."""

    def write(self, rows: Iterable[Row]) -> None:
        """Add rows."""

    def close(self) -> None:
        """Nothing more comes: the file is whole now."""


class CsvWriter:
    """A ZIP of the table and its dictionary; UTF-8 with a mark, which spreadsheets need to see Chinese."""

    def __init__(self, path: Path, columns: Sequence[ExportColumn]) -> None:
        """Begin the table."""
        self._columns = columns
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        self._text = io.TextIOWrapper(self._zip.open("table.csv", "w", force_zip64=True), "utf-8-sig", newline="")
        self._csv = csv.writer(self._text)
        self._csv.writerow(column.name for column in columns)

    def write(self, rows: Iterable[Row]) -> None:
        self._csv.writerows([written(cell) for cell in row] for row in rows)

    def close(self) -> None:
        self._text.close()
        told = io.StringIO(newline="")
        csv.writer(told).writerows([("column", "kind", "zh", "en"), *dictionary(self._columns)])
        self._zip.writestr("dictionary.csv", told.getvalue().encode("utf-8-sig"))
        self._zip.close()


class XlsxWriter:
    """Sheets of a million rows, and one that is the dictionary. Text is written as text, whatever it looks like."""

    def __init__(self, path: Path, columns: Sequence[ExportColumn]) -> None:
        """Begin the first sheet."""
        self._columns = columns
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(str(path), {**options, "default_date_format": "yyyy-mm-dd hh:mm:ss"})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._begin()

    def write(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if self._row > ROWS_OF_A_SHEET:
                self._begin()
            for place, cell in enumerate(row):
                self._put(place, plain(cell))
            self._row += 1

    def close(self) -> None:
        sheet = self._book.add_worksheet("dictionary")
        for number, line in enumerate([("column", "kind", "zh", "en"), *dictionary(self._columns)]):
            sheet.write_row(number, 0, line)
        self._book.close()

    def _begin(self) -> None:
        self._sheet, self._row = self._book.add_worksheet(), 1
        self._sheet.write_row(0, 0, [column.name for column in self._columns])
        self._sheet.freeze_panes(1, 0)

    def _put(self, place: int, cell: Cell) -> None:
        if isinstance(cell, bool):
            self._sheet.write_boolean(self._row, place, cell)
        elif isinstance(cell, str):
            self._sheet.write_string(self._row, place, cell)
        elif isinstance(cell, datetime):
            self._sheet.write_datetime(self._row, place, cell.astimezone(UTC).replace(tzinfo=None))
        elif isinstance(cell, date):
            self._sheet.write_datetime(self._row, place, cell, self._day)
        elif isinstance(cell, int):
            self._sheet.write_number(self._row, place, cell)


class ParquetWriter:
    """Row groups as they come; each column's meaning stands in its metadata."""

    def __init__(self, path: Path, columns: Sequence[ExportColumn]) -> None:
        """Begin the file."""
        import pyarrow as pa  # noqa: PLC0415 (as heavy as the rest of the server; few processes ever write Parquet)
        import pyarrow.parquet as pq  # noqa: PLC0415

        kinds = {
            ColumnKind.TEXT: pa.string(),
            ColumnKind.INTEGER: pa.int64(),
            ColumnKind.BOOLEAN: pa.bool_(),
            ColumnKind.DAY: pa.date32(),
            ColumnKind.INSTANT: pa.timestamp("us", tz="UTC"),
        }
        fields = [pa.field(each.name, kinds[each.kind], metadata={"zh": each.zh, "en": each.en}) for each in columns]
        self._arrow, self._schema = pa, pa.schema(fields)
        self._file = pq.ParquetWriter(path, self._schema, compression="zstd")

    def write(self, rows: Iterable[Row]) -> None:
        columns: list[Any] = list(zip(*rows, strict=True))
        if columns:
            arrays = [
                self._arrow.array([None if cell is None else _typed(cell) for cell in column], field.type)
                for column, field in zip(columns, self._schema, strict=True)
            ]
            self._file.write_batch(self._arrow.record_batch(arrays, schema=self._schema))

    def close(self) -> None:
        self._file.close()


WRITERS: dict[str, Callable[[Path, Sequence[ExportColumn]], TableWriter]] = {
    "csv": CsvWriter,
    "xlsx": XlsxWriter,
    "parquet": ParquetWriter,
}


def dictionary(columns: Sequence[ExportColumn]) -> list[tuple[str, str, str, str]]:
    """What each column means, in both languages."""
    return [(each.name, each.kind.value, each.zh, each.en) for each in columns]


def _typed(cell: Cell) -> Cell:
    """For programs nothing needs to be made harmless; ids are text."""
    return cell if isinstance(cell, str | int | date) else str(cell)
