"""The sync loop in Python and in JavaScript, held to the cases; and the cases can tell a bad loop."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from openapi.vectors.runner import digests, phones
from openapi.vectors.runner.cases import FOLDER, cases
from openapi.vectors.runner.phone import Phone

PHONES = cases("phone")


@pytest.mark.parametrize("name", PHONES)
def test_the_loop_does_as_the_case_says(name: str) -> None:
    assert phones.differences(PHONES[name]) == []


class PurgesAtOnce(Phone):
    """Lets go of what was withdrawn before its work was heard."""

    def _take(self, page: Any) -> None:
        super()._take(page)
        self.documents = {key: each for key, each in self.documents.items() if key not in self.leaving}


class ForgetsBeforeTheAnswer(Phone):
    """Takes facts out of the outbox when they were sent, not when they were answered."""

    def _batch(self) -> list[Any]:
        batch = super()._batch()
        self.outbox = [*batch] if batch else []
        self.outbox.clear()
        return batch


class DropsAtTheFirstPage(Phone):
    """Empties itself when a reset begins."""

    def _take(self, page: Any) -> None:
        if page and page["reset"]:
            self.documents = {}
        super()._take(page)


class OffersNothing(Phone):
    """Leaves out the heal."""

    def _offer(self) -> None:
        self.must_offer = False


class MixesEnrolments(Phone):
    """Pushes the facts of an earlier enrolment together with its own."""

    def _batch(self) -> list[Any]:
        return self.outbox[:200]


class BringsBackAsNew(Phone):
    """Pushes what a restore lost as if nobody had ever said that it was recorded."""

    def _common(self, batch: list[Any]) -> Any:
        return {**super()._common(batch), "brought_back": False}


class NamesFromNowhere(Phone):
    """Names what it purged and does not say where it stood."""

    def _ask(self, path: str, body: Any) -> Any:
        return super()._ask(path, {**body, "purged_cursor": None})


class NamesWhatItHeld(Phone):
    """Names only those withdrawn documents that it held."""

    def _purge(self) -> None:
        never = self.leaving - self.documents.keys()
        super()._purge()
        self.purged = [each for each in self.purged if each not in never]


class ForgetsTheUnreadable(Phone):
    """Keeps nothing of what could not be read, once that was said."""

    def _answered(self, entry: Any, outcome: Any) -> None:
        super()._answered(entry, outcome)
        self.acknowledged = [each for each in self.acknowledged if not each.get("unreadable")]


@pytest.mark.parametrize(
    "bad",
    [
        *(PurgesAtOnce, ForgetsBeforeTheAnswer, DropsAtTheFirstPage, OffersNothing, MixesEnrolments),
        *(BringsBackAsNew, ForgetsTheUnreadable, NamesFromNowhere, NamesWhatItHeld),
    ],
)
def test_a_loop_that_is_wrong_is_told_so(bad: type[Phone]) -> None:
    assert [name for name, case in PHONES.items() if phones.differences(case, bad)] != []


@pytest.mark.parametrize("kind", ["digest", "content_hash"])
def test_the_runners_digests_are_those_of_the_cases(kind: str) -> None:
    assert {name: found for name, case in cases(kind).items() if (found := digests.differences(kind, case))} == {}


@pytest.mark.skipif(shutil.which("node") is None, reason="NOT TESTED: the JavaScript loop (no Node here)")
def test_the_loop_in_javascript_does_as_the_cases_say() -> None:
    done = subprocess.run(["node", FOLDER / "run.mjs"], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "FAILED" not in done.stdout


@pytest.mark.skipif(shutil.which("node") is None, reason="NOT TESTED: the JavaScript loop (no Node here)")
@pytest.mark.parametrize(
    ("stem", "name", "right", "wrong"),
    [
        ("phones", "withdrawn-with-work-pending", '"purged": []', '"purged": ["0197a000-0000-7000-8000-0000000000aa"]'),
        ("phones", "pages", '"cursor": "c3", "state"', '"cursor": "c2", "state"'),
        ("digests", "names-are-sorted", '"sha256": "', '"sha256": "0'),
        ("acknowledgements", "one-line", '"content_hash": "', '"content_hash": "0'),
    ],
)
def test_a_case_that_is_wrong_turns_red_in_javascript(
    tmp_path: Path, stem: str, name: str, right: str, wrong: str
) -> None:
    for path in FOLDER.glob("*.json"):
        shutil.copy(path, tmp_path)
    content = json.loads((tmp_path / f"{stem}.json").read_text(encoding="utf-8"))
    index = next(index for index, case in enumerate(content["cases"]) if case["name"] == name)
    text = json.dumps(content["cases"][index])
    assert right in text
    content["cases"][index] = json.loads(text.replace(right, wrong))
    (tmp_path / f"{stem}.json").write_text(json.dumps(content), encoding="utf-8")

    command = ["node", str(FOLDER / "run.mjs"), "--cases", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 1, done.stdout + done.stderr
    assert re.findall(r"^FAILED (\S+):", done.stdout, re.MULTILINE) == [f"{stem}/{name}"]
