"""A scheme or a profile from a file: the way of an operator who has no token at hand."""

from pathlib import Path
from uuid import UUID

import msgspec

from domain.kpis.table import KPI_BY_ID
from domain.people.actor import Actor, Role
from domain.scoring.checks import faults
from domain.scoring.profile import ScoringProfile, profile_faults
from domain.scoring.scheme import Scheme
from domain.scoring.words import fault_in_words
from service.database import open_database
from service.running.installation import InstallationError
from service.scoring import schemes
from service.scoring.shipped import MEASURED, SHIPPED
from service.settings import Settings
from service.store.people import accounts
from service.store.scoring import criteria

_NO_DEVICE = UUID(int=0)


def read(path: Path) -> Scheme | ScoringProfile:
    """What the file holds: a scheme if it has sections. InstallationError says why it can be neither."""
    raw = path.read_bytes()
    try:
        names = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
        kind: type[Scheme | ScoringProfile] = Scheme if "sections" in names else ScoringProfile
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as wrong:
        raise InstallationError(f"{path.name}: {wrong}") from None


def objections(item: Scheme | ScoringProfile) -> list[str]:
    """Why it does not hold, as far as the product's own schemes tell: one sentence for each reason."""
    if isinstance(item, Scheme):
        found = faults(item, MEASURED)
    elif (scheme := SHIPPED.get(item.scheme)) is not None:
        found = profile_faults(item, scheme, KPI_BY_ID.keys(), MEASURED)
    else:
        found = ()
    return [f"{fault.pointer or '/'}: {fault_in_words(fault).en}." for fault in found]


async def store(
    settings: Settings, app_url: str, item: Scheme | ScoringProfile, login: str, organisation: str | None
) -> int:
    """Keep it in place of what was there; answers its version."""
    async with open_database(app_url, settings) as database, database.transaction() as db:
        found = [each for each in await accounts.of_login(db, login, organisation) if each.role is Role.ADMIN]
        if len(found) != 1:
            raise InstallationError(f"There has to be one administrator {login}; name the organisation if it is none.")
        account = found[0]
        actor = Actor(account.org_id, account.member_id, _NO_DEVICE, account.role, (), account.language)
        if isinstance(item, Scheme):
            kept = await criteria.find(db, actor.org_id, Scheme, item.code)
            return (await schemes.put_scheme(db, actor, item, kept.version if kept else 0)).version
        known = await criteria.find(db, actor.org_id, ScoringProfile, item.code)
        return (await schemes.put_profile(db, actor, item, known.version if known else 0)).version


def outcome_line(item: Scheme | ScoringProfile, version: int | None) -> str:
    """The result in one line; without a version, nothing was stored."""
    what = "scheme" if isinstance(item, Scheme) else "profile"
    if version is None:
        return f"The {what} {item.code} holds. Nothing was stored."
    return f"The {what} {item.code} is stored, version {version}."
