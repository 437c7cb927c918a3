"""What must hold after every upheaval. The phones' ledgers on one side, the database and the log route on the other."""

from collections.abc import Collection, Mapping

from tests.upheaval.books import Books
from tests.upheaval.crew import Crew, scope_of
from tests.upheaval.ledger import RECORDED, Account, account
from tests.upheaval.phone import Phone


class Checker:
    """Reads ledgers, looks at what changed since the last look; at the end at everything."""

    def __init__(self, books: Books, crew: Crew) -> None:
        self._books, self._crew = books, crew
        self._checked: set[str] = set()
        self.lost: list[str] = []
        self.doubled: list[str] = []

    def accounts(self) -> list[Account]:
        return [account(phone.ledger.path) for phone in self._crew.phones]

    async def violations(self, *, everything: bool = False) -> list[str]:
        """What is wrong, in a sentence each; of the facts that no earlier look has seen, or of all."""
        accounts = self.accounts()
        jobs = {fact_id: job_id for each in accounts for fact_id, job_id in each.jobs.items()}
        looked_at = {each for each in jobs if everything or each not in self._checked}
        touched = {jobs[fact_id] for fact_id in looked_at}
        found = [
            *await self._acknowledged_once(accounts, looked_at),
            *_answers_differ(accounts, looked_at, await self._books.answers(looked_at)),
            *(f"chain broken: {each}" for each in await self._books.broken_chains(touched)),
            *(f"document is not its log: {each}" for each in await self._books.unlike_their_logs(touched)),
            *await self._log_route_lacks(jobs, looked_at, touched),
            *await self._replicas_differ(),
            *(f"idle in transaction: {each}" for each in await self._books.idle_in_transaction()),
        ]
        if quarantined := await self._books.quarantined():
            found.append(f"{quarantined} facts set aside that nobody could object to")
        self._checked |= looked_at
        return found

    async def _acknowledged_once(self, accounts: Collection[Account], looked_at: Collection[str]) -> list[str]:
        acknowledged = {fact_id for each in accounts for fact_id in each.acknowledged}
        times = await self._books.times_recorded(looked_at)
        lost = [each for each in looked_at if each in acknowledged and not times.get(each)]
        doubled = [each for each, count in times.items() if count > 1]
        self.lost += lost
        self.doubled += doubled
        unanswered = [each for each in looked_at if each not in acknowledged]
        return [
            *(f"acknowledged and lost: {each}" for each in lost),
            *(f"recorded twice: {each}" for each in doubled),
            *(f"never answered: {each}" for each in unanswered),
        ]

    async def _log_route_lacks(
        self, jobs: Mapping[str, str], looked_at: Collection[str], touched: Collection[str]
    ) -> list[str]:
        found = []
        for job_id in touched:
            log = await _log(self._crew.desk, job_id)
            wanted = {each for each in looked_at if jobs[each] == job_id}
            found += [f"the log of {job_id} lacks {each}" for each in wanted if log.count(each) != 1]
        return found

    async def _replicas_differ(self) -> list[str]:
        """What each phone holds is what the server shows it, and nobody had to begin anew."""
        found = []
        for phone in self._crew.phones:
            shown = await self._books.versions(scope_of(phone, self._crew.desk))
            held = {job_id: job["version"] for job_id, job in phone.held.items()}
            if odd := {each for each in shown.keys() | held.keys() if shown.get(each) != held.get(each)}:
                some = {each: (held.get(each), shown.get(each)) for each in sorted(odd)[:3]}
                found.append(f"{phone.name} differs in {len(odd)} jobs (held, shown): {some}")
            if phone.fresh_starts > 1:
                found.append(f"{phone.name} had to begin anew")
                phone.fresh_starts = 1
        return found


async def _log(desk: Phone, job_id: str) -> list[str]:
    ids: list[str] = []
    cursor = ""
    while True:
        page = await desk.read(f"/v1/jobs/{job_id}/facts?limit=200{cursor}")
        ids += [each["id"] for each in page["items"]]
        if not page["has_more"]:
            return ids
        cursor = f"&cursor={page['next_cursor']}"


def _answers_differ(accounts: Collection[Account], looked_at: Collection[str], stored: Mapping[str, str]) -> list[str]:
    """Every answer to one fact is the stored one byte for byte, and only one of them says that it was new."""
    found = []
    for each in accounts:
        for fact_id, told in each.told.items():
            if fact_id in looked_at and {answer for _, answer in told} != {stored.get(fact_id)}:
                found.append(f"answers to {fact_id} differ: {told[:2]}")
            if sum(outcome in RECORDED for outcome, _ in told) > 1:
                found.append(f"{fact_id} was new twice")
    return found
