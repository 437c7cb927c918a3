"""The evidence pack of a period: whole logs and documents of its jobs, the figures, and a program that verifies it."""

import csv
import io
import json
import zipfile
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from domain.people.actor import Role
from service.exports.masking import MASKED_FIELDS, SEES_EVERYTHING, masked
from service.store.exports.rows import LOGGED, PackedJob
from service.store.privacy.erasures import PositionErased

VERIFIER = Path(__file__).with_name("verify.py")
READ_ME = """\
证据包 / Evidence pack

python verify.py <this file>.zip      (unpack verify.py first; it needs Python 3.11 and nothing else)

jobs.jsonl       每行一张工单：文档、记录链头、全部事实 / one job a line: document, head of its chain, every fact
measures.csv     每条计数 / everything that was counted
kpis.csv         指标结果 / the figures
dictionary.csv   列说明 / what the columns mean
manifest.json    期间、数量、每个文件的 SHA-256 / period, counts, SHA-256 of each file
"""


class Pack:
    """A ZIP being written; memory does not grow with what goes in."""

    def __init__(self, path: Path, role: Role) -> None:
        """Begin with what explains the rest."""
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        self._role = role
        self._files: list[dict[str, Any]] = []
        self.counts = {"jobs": 0, "facts": 0}
        self.put("README.txt", READ_ME.encode())
        self.put("verify.py", VERIFIER.read_bytes())

    def put(self, name: str, content: bytes) -> None:
        """One small file."""
        self._zip.writestr(name, content)
        self.add_to_manifest(name, sha256(content).hexdigest(), len(content))

    def begin(self, name: str) -> "PackedFile":
        """One file that is written line by line; close it before the next begins."""
        return PackedFile(self, self._zip.open(name, "w", force_zip64=True), name)

    def line_of(self, packed: PackedJob) -> bytes:
        """One job as JSON on a line, as this role may read it."""
        job = packed.job
        self.counts["jobs"] += 1
        self.counts["facts"] += len(packed.log)
        body, hidden = _masked_text(job.body, self._role)
        line = {
            "id": str(job.id),
            "number": job.number,
            "head": job.chain.hex(),
            "document": body,
            "document_sha256": job.digest.hex(),
            "document_masked": hidden,
            "facts": [self._fact(fact, packed.erased.get(fact.id)) for fact in packed.log],
        }
        return msgspec.json.encode(line) + b"\n"

    def close(self, told: dict[str, Any]) -> None:
        """Say in the manifest what the pack holds."""
        manifest = {**told, "counts": self.counts, "masked_fields": self._left_out(), "files": self._files}
        self._zip.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=2))
        self._zip.close()

    def add_to_manifest(self, name: str, digest: str, size_bytes: int) -> None:
        """Say in the manifest that the pack holds this file."""
        self._files.append({"name": name, "sha256": digest, "size_bytes": size_bytes})

    def _fact(self, fact: Any, erased: PositionErased | None) -> dict[str, Any]:  # noqa: ANN401 (a row)
        record, hidden = _masked_text(fact.record, self._role)
        plain = {name: _spelt(getattr(fact, name)) for name in LOGGED if name != "record"}
        return {**plain, "record": record, "masked": hidden, "position_erased": erased}

    def _left_out(self) -> list[str]:
        return [] if self._role in SEES_EVERYTHING else sorted(MASKED_FIELDS)


class PackedFile:
    """One file of the pack while it is written."""

    def __init__(self, pack: Pack, out: Any, name: str) -> None:  # noqa: ANN401 (what zipfile opens)
        """Nothing is written yet."""
        self._pack, self._out, self._name, self._digest, self._size = pack, out, name, sha256(), 0

    def write(self, content: bytes) -> None:
        self._out.write(content)
        self._digest.update(content)
        self._size += len(content)

    def close(self) -> None:
        self._out.close()
        self._pack.add_to_manifest(self._name, self._digest.hexdigest(), self._size)


def csv_bytes(lines: list[list[str]]) -> bytes:
    """A few lines of CSV."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(lines)
    return out.getvalue().encode()


def _masked_text(content: bytes, role: Role) -> tuple[str, bool]:
    """JSON as text: byte for byte for who may read all of it."""
    if role in SEES_EVERYTHING:
        return content.decode(), False
    shown, hidden = masked(msgspec.json.decode(content), role)
    return (msgspec.json.encode(shown) if hidden else content).decode(), hidden


def _spelt(value: Any) -> Any:  # noqa: ANN401 (a column's value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        # As the chain spells it.
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
