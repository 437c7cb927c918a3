"""The sample company: complete, the same everywhere, and never put in twice."""

import re
from datetime import date

from httpx import AsyncClient
from msgspec import convert, json
from sqlalchemy import event, func, select

from domain.catalogue import CatalogueBundle, Part, PriceList, Product
from domain.people.members import MemberCertificate, certificate_valid_on
from domain.prices.lists import price_list_on
from service.database import Database
from service.seed.company import catalogue_items, company, sample_id
from service.seed.sample import seed_sample
from service.store.catalogue import bundles as catalogue_bundles
from service.store.tables import assets, certificates, customers, members, outlets, sites, stock_operations
from tests.builders.sample_desk import ADMIN, Desk, every_page
from tests.documents import read

COUNTS = {outlets: 3, members: 15, certificates: 11, customers: 20, sites: 20, assets: 27, stock_operations: 11}


async def test_the_sample_company_is_stored_whole(desk: Desk) -> None:
    org_id = desk.card.org_id

    async with desk.database.reader() as db:
        for table, count in COUNTS.items():
            found = await db.execute(select(func.count()).select_from(table).where(table.c.org_id == org_id))
            assert (table.name, found.scalar()) == (table.name, count)
        bundle = await catalogue_bundles.current(db, org_id)

    whole = json.decode(bundle.body, type=CatalogueBundle)
    kept = (whole.products, whole.parts, whole.fault_codes, whole.price_lists, whole.checklists)
    assert [len(items) for items in kept] == [8, 26, 59, 2, 14]


async def test_seeding_again_changes_nothing(desk: Desk) -> None:
    async with desk.database.transaction() as db:
        again = await seed_sample(db, password="another")

    assert desk.card.created
    assert not again.created
    assert again.org_id == desk.card.org_id
    assert len(await every_page(desk, ADMIN, "/v1/customers")) == COUNTS[customers]


async def test_the_sample_company_has_the_same_ids_wherever_it_is_seeded(desk: Desk) -> None:
    listed = await every_page(desk, ADMIN, "/v1/members")

    assert {member["login"]: member["id"] for member in listed} == {
        login.login: str(sample_id("member", login.login)) for login in desk.card.logins
    }
    assert str(sample_id("member", "HZ0107")) == "451113ac-58c3-5528-b184-e29eb835b547"


async def test_every_member_signs_in_with_the_password_on_the_card(client: AsyncClient, desk: Desk) -> None:
    for login in ("HZ0107", "dispatch.jx01", "admin"):
        body = {
            "organisation": desk.card.organisation,
            "login": login,
            "password": desk.card.password,
            "device_name": "desk",
        }
        answer = await client.post("/v1/sessions", json=body)
        assert (login, answer.status_code) == (login, 201)


def test_the_page_names_everybody_who_can_sign_in() -> None:
    people = {member.login for member in company().members}
    (table,) = re.findall(r"## Who is in it\n(.*?)\n## ", read("docs/seed.md"), re.DOTALL)

    assert set(re.findall(r"`([^`]+)`", table)) == people | {"anxin", "onsite-demo-2025"}


async def test_a_table_is_filled_by_one_statement(database: Database) -> None:
    statements: list[str] = []

    def note(*execution: object) -> None:
        statements.append(str(execution[2]))

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    try:
        async with database.transaction() as db:
            await seed_sample(db)
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", note)

    # One for each of nine tables, two for the catalogue's bundle, three for what lies in the vans.
    assert len(statements) == 14


async def test_the_certificates_are_valid_and_overdue_as_told(desk: Desk) -> None:
    listed = convert(await every_page(desk, ADMIN, "/v1/certificates"), list[MemberCertificate])
    held = {(certificate.member_id, certificate.kind.value): certificate for certificate in listed}
    chen, shen = sample_id("member", "HZ0115"), sample_id("member", "JX0302")

    assert certificate_valid_on(held[chen, "refrigeration"], date(2025, 5, 31))
    assert not certificate_valid_on(held[chen, "refrigeration"], date(2025, 6, 1))
    assert certificate_valid_on(held[shen, "height"], date(2025, 7, 15))
    assert not certificate_valid_on(held[shen, "height"], date(2025, 7, 16))


def test_the_price_of_labour_rises_on_the_first_of_july() -> None:
    lists = [item for item in catalogue_items() if isinstance(item, PriceList)]

    def small_labour(day: date) -> int:
        found = price_list_on(lists, day)
        assert found is not None
        return next(line.price_fen for line in found.lines if line.code == "F-LABOUR-SMALL")

    assert price_list_on(lists, date(2025, 2, 28)) is None
    assert small_labour(date(2025, 6, 30)) == 6_000
    assert small_labour(date(2025, 7, 1)) == 7_000


def test_every_main_part_is_one_of_a_product_of_its_group() -> None:
    items = catalogue_items()
    products = [item for item in items if isinstance(item, Product)]
    promised = {(product.group, main.component) for product in products for main in product.main_parts}
    main_parts = [item for item in items if isinstance(item, Part) and item.main_part]

    assert main_parts
    assert {(part.group, part.component) for part in main_parts} <= promised
