"""Verifies an evidence pack: `python verify.py pack.zip`. Needs nothing but Python 3.11; asks nobody anything.

For each job it computes the chain of its facts anew, the digest of each fact's content, and the digest of the document;
for each file of the pack its SHA-256. What was masked for the reader, or whose exact position was erased when its time
was over, cannot be computed and is counted apart: its digest still holds the chain together.
"""

import hashlib
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from typing import Any
from uuid import UUID

BEGINNING = b"\x00" * 32


def main() -> int:
    """Say what holds and what does not; the exit code is 0 only when everything holds."""
    if len(sys.argv) != 2:
        print("usage: python verify.py pack.zip")
        return 2
    with zipfile.ZipFile(sys.argv[1]) as pack:
        wrong = [*files(pack), *jobs(pack)]
    for each in wrong[:50]:
        print(f"WRONG {each}")
    print("NOT GENUINE" if wrong else "GENUINE: every file, chain, content and document is what was recorded")
    return 1 if wrong else 0


def files(pack: zipfile.ZipFile) -> Iterator[str]:
    """What differs from the manifest."""
    manifest = json.loads(pack.read("manifest.json"))
    listed = {each["name"]: each for each in manifest["files"]}
    for name in sorted(set(pack.namelist()) - {"manifest.json"}):
        if name not in listed:
            yield f"{name} is not in the manifest"
    for name, each in listed.items():
        if name not in pack.namelist():
            yield f"{name} is missing"
        elif digest_of(pack, name) != each["sha256"]:
            yield f"{name} is not what the manifest says"


def digest_of(pack: zipfile.ZipFile, name: str) -> str:
    """SHA-256 of one file, a piece at a time."""
    found = hashlib.sha256()
    with pack.open(name) as file:
        while piece := file.read(1 << 20):
            found.update(piece)
    return found.hexdigest()


def jobs(pack: zipfile.ZipFile) -> Iterator[str]:
    """What does not hold of the jobs; prints what was counted."""
    counted = {"jobs": 0, "facts": 0, "contents": 0, "erased": 0, "masked": 0, "documents": 0}
    manifest = json.loads(pack.read("manifest.json"))
    with pack.open("jobs.jsonl") as lines:
        for line in lines:
            job = json.loads(line, parse_float=Number)
            yield from one_job(job, line, counted)
    print(", ".join(f"{name} {number}" for name, number in counted.items()))
    for name in ("jobs", "facts"):
        if manifest["counts"][name] != counted[name]:
            yield f"{counted[name]} {name}, the manifest says {manifest['counts'][name]}"


def one_job(job: dict[str, Any], line: bytes, counted: dict[str, int]) -> Iterator[str]:
    """What does not hold of one job."""
    counted["jobs"] += 1
    head = BEGINNING
    for number, fact in enumerate(job["facts"], 1):
        counted["facts"] += 1
        if fact["log_number"] != number:
            yield f"job {job['id']}: fact {number} is missing"
            return
        head = chained(head, fact)
        if head.hex() != fact["chain"]:
            yield f"job {job['id']}: the chain breaks at fact {number}"
            return
        yield from (f"job {job['id']}: fact {number} {wrong}" for wrong in one_content(fact, counted))
    if head.hex() != job["head"]:
        yield f"job {job['id']}: facts are missing at the end"
    if job["document_masked"]:
        counted["masked"] += 1
    elif hashlib.sha256(job["document"].encode()).hexdigest() != job["document_sha256"]:
        yield f"job {job['id']}: its document is not what was folded"
    else:
        counted["documents"] += 1
    if not line.endswith(b"\n"):
        yield f"job {job['id']}: its line was cut off"


def one_content(fact: dict[str, Any], counted: dict[str, int]) -> Iterator[str]:
    """What does not hold of what one fact says, as far as it is told."""
    if fact["position_erased"]:
        counted["erased"] += 1
        if holds_position(fact["record"]):
            yield "still holds what is said to be erased"
    elif fact["masked"]:
        counted["masked"] += 1
    elif content_digest(fact["record"]) != fact["digest"]:
        yield "is not what was recorded"
    else:
        counted["contents"] += 1


def chained(head: bytes, fact: dict[str, Any]) -> bytes:
    """The next value of the chain: what stood before, the content, who said it on which device, and when."""
    said_by = UUID(fact["author_id"]).bytes + UUID(fact["device_id"]).bytes + fact["recorded_at"].encode()
    return hashlib.sha256(head + bytes.fromhex(fact["digest"]) + said_by).digest()


def holds_position(record: str) -> bool:
    """Whether any part of what the fact says tells a position."""
    parts = json.loads(record).values()
    return any(isinstance(part, dict) and part.get("position") is not None for part in parts)


def content_digest(record: str) -> str:
    """SHA-256 of what the fact says: names sorted, no spaces, nothing for null."""
    content = without_nulls(json.loads(record, parse_float=Number))
    return hashlib.sha256(spelt(content).encode()).hexdigest()


def without_nulls(value: Any) -> Any:  # noqa: ANN401 (whatever JSON can say)
    """A field that is null is a field that is not there."""
    if isinstance(value, dict):
        return {name: without_nulls(each) for name, each in value.items() if each is not None}
    return [without_nulls(each) for each in value] if isinstance(value, list) else value


class Number(float):
    """A number that is no integer; written with the fewest digits that tell it apart."""

    def spelt(self) -> str:
        """As the service writes it: 1e-6, not 1e-06."""
        return re.sub(r"e([+-])0*(\d+)", lambda found: "e" + found[1].replace("+", "") + found[2], repr(float(self)))


def spelt(value: Any) -> str:  # noqa: ANN401 (whatever JSON can say)
    """JSON in the one spelling that is hashed."""
    if isinstance(value, Number):
        return value.spelt()
    if isinstance(value, dict):
        return "{" + ",".join(f"{spelt(name)}:{spelt(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(spelt, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    sys.exit(main())
