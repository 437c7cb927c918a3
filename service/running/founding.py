"""How a production installation begins: an organisation, its first outlet, and somebody who can add the rest."""

from typing import Any
from uuid import uuid4

import msgspec
from msgspec import Struct

from domain.outlets import OrganisationContent, OutletContent
from domain.people.members import MemberContent
from service.database import open_database
from service.http.time_zones import KNOWN
from service.plain_words import plain
from service.running.installation import InstallationError
from service.settings import Settings
from service.sign_in.passwords import Password, hash_password
from service.store.people import organisations

ADMINISTRATOR = {"zh": "管理员", "en": "Administrator"}


class Founding(Struct, frozen=True, kw_only=True):
    """All that is stored at once, within the bounds of what the API takes."""

    organisation: OrganisationContent
    outlet: OutletContent
    administrator: MemberContent
    password: Password


def read_founding(given: dict[str, Any], password: str) -> Founding:
    """What a person typed, by the names of the command's options; InstallationError names what does not fit."""
    try:
        founding = msgspec.convert(_arranged(given, password), Founding)
    except msgspec.ValidationError as wrong:
        text, _, path = str(wrong).partition(" - at ")
        reason = "letters, digits, dots and dashes only" if "matching regex" in text else plain(text)
        what = path.strip("`$.").replace(".", " ").replace("_", " ")
        raise InstallationError(f"The {what} does not fit: {reason}. Nothing was stored.") from None
    if founding.organisation.time_zone not in KNOWN:
        raise InstallationError(f"There is no time zone {founding.organisation.time_zone}. Nothing was stored.")
    return founding


async def found(settings: Settings, app_url: str, founding: Founding) -> None:
    """Store it in one transaction; InstallationError when the organisation is there already."""
    password_hash = await hash_password(founding.password)
    org_id = uuid4()
    async with open_database(app_url, settings) as database, database.transaction() as db:
        if not await organisations.claim(db, org_id, founding.organisation):
            code = founding.organisation.code
            raise InstallationError(f"There is an organisation {code} already. Nothing was changed.")
        await organisations.add_first(db, org_id, founding.outlet, founding.administrator, password_hash)


def what_comes_next(settings: Settings, founding: Founding) -> str:
    """How the administrator gets in, and adds everybody else."""
    organisation, login, url = founding.organisation.code, founding.administrator.login, settings.base_url
    return f"""
  The organisation {organisation} has begun, with outlet {founding.outlet.code} and administrator {login}.

  1  Serve        onsite serve
  2  Sign in      POST {url}/v1/sessions     organisation {organisation}, login {login}, your password
  3  Add people   POST {url}/v1/members, then PUT …/{{member_id}}/password for everybody at a desk
  4  Add phones   POST {url}/v1/enrolment-codes, one code for each technician's phone
  5  Add prices   PUT {url}/v1/catalogue/…: products, parts, fault codes, price lists, checklists

  {url}/docs tells each of them.
"""


def _arranged(given: dict[str, Any], password: str) -> dict[str, Any]:
    language, time_zone = given["language"], given["time_zone"]
    code, name = given["outlet"]
    latitude, longitude = given["position"]
    terms = {each: given[each] for each in ("city", "area", "complaint_line")}
    where = {"latitude": latitude, "longitude": longitude, "coordinate_system": "wgs84", "time_zone": time_zone}
    admin = {"login": given["admin"], "name": ADMINISTRATOR[language], "role": "admin", "outlet_ids": []}
    return {
        "organisation": {"code": given["code"], "name": given["name"], "language": language, "time_zone": time_zone},
        "outlet": {"code": code, "name": name, **terms, **where},
        "administrator": {**admin, "language": language},
        "password": password,
    }
