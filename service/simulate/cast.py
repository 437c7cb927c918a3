"""Getting everybody ready: desks sign in, phones are enrolled with one-time codes, clocks go wrong."""

import random
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import httpx

from service.seed.sample import DEMO_PASSWORD
from service.simulate.clocks import PhoneClock, Stage, now
from service.simulate.day import Day, Technician
from service.simulate.desk import Desk, Place
from service.simulate.identities import Identities
from service.simulate.ledger import Json, Ledger
from service.simulate.network import Network
from service.simulate.phone import Phone
from service.simulate.planning import SITE_TIME
from service.simulate.prices import Prices
from service.simulate.session import Session, enrol, sign_in
from service.simulate.timeline import Timeline

ORGANISATION = "anxin"
LOGINS = ("HZ0112", "JX0302", "HZ0107", "SZ0209", "SZ0203", "HZ0115")
"""Who comes first when few are in the field: somebody with colleagues, and without a certificate for height."""
FAST_SECONDS = 7 * 60
FAST = "HZ0107"


async def gather(
    client: httpx.AsyncClient, wire: httpx.AsyncBaseTransport, timeline: Timeline, stage: Stage, seed: int, count: int
) -> Day:
    """Everybody signed in and every phone with its morning's documents."""
    rng, ledger, fired = random.Random(seed), Ledger(), Counter[str]()
    admin = await sign_in(client, ORGANISATION, "admin", DEMO_PASSWORD)
    members = {each["login"]: each for each in await admin.pages("/v1/members")}
    outlets = {each["id"]: each for each in await admin.pages("/v1/outlets")}
    catalogue = await admin.call("GET", "/v1/catalogue")
    makers = Makers(client, wire, ledger, fired, rng, seed)
    desks: dict[str, Desk] = {}
    technicians: list[Technician] = []
    for login in LOGINS[:count]:
        outlet = outlets[members[login]["outlet_ids"][0]]
        prices = Prices(catalogue, now().astimezone(SITE_TIME).date(), outlet["area"])
        if outlet["id"] not in desks:
            desks[outlet["id"]] = await makers.desk(outlet, list(members.values()))
        technicians.append(await makers.technician(members[login], desks[outlet["id"]], prices))
    return Day(
        stage=stage,
        timeline=timeline,
        ledger=ledger,
        random=rng,
        technicians=tuple(technicians),
        desks=tuple(desks.values()),
        reader=admin,
        fired=fired,
    )


class Makers:
    """What desks and phones are made of."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        wire: httpx.AsyncBaseTransport,
        ledger: Ledger,
        fired: Counter[str],
        rng: random.Random,
        seed: int,
    ) -> None:
        self.client, self.wire, self.ledger, self.fired, self.random, self.seed = client, wire, ledger, fired, rng, seed

    async def desk(self, outlet: Json, members: Sequence[Json]) -> Desk:
        """A dispatcher with a device of their own, the supervisor beside them."""
        code = outlet["code"].lower()
        session = await sign_in(self.client, ORGANISATION, f"dispatch.{code}", DEMO_PASSWORD)
        supervisor = await sign_in(self.client, ORGANISATION, f"supervisor.{code}", DEMO_PASSWORD)
        network = Network(self.wire, self.fired)
        device = Phone(
            session.member["name"], session, network, PhoneClock(set_at=now()), self.ledger, self._identities(code)
        )
        await device.sync()
        technicians = [e for e in members if e["role"] == "technician" and outlet["id"] in e["outlet_ids"]]
        return Desk(
            name=session.member["name"],
            outlet_id=outlet["id"],
            device=device,
            supervisor=supervisor,
            places=await places(session, outlet["id"]),
            technician_ids=tuple(each["id"] for each in sorted(technicians, key=lambda each: str(each["login"]))),
            random=self.random,
        )

    async def technician(self, member: Json, desk: Desk, prices: Prices) -> Technician:
        """A phone, enrolled with a code that the desk made."""
        login, name = member["login"], member["name"]
        made = await desk.device.session.call("POST", "/v1/enrolment-codes", {"member_id": member["id"]})
        identities = self._identities(login)
        network = Network(self.wire, self.fired)
        client = httpx.AsyncClient(transport=network, base_url=self.client.base_url, timeout=self.client.timeout)
        session = await enrol(client, ORGANISATION, made["code"], UUID(identities.new(now())), f"{login} 的手机")
        phone = Phone(name, session, network, self._clock(login), self.ledger, identities)
        await phone.sync()
        return Technician(login=login, name=name, phone=phone, desk=desk, prices=prices)

    def _clock(self, login: str) -> PhoneClock:
        """Every phone is wrong in its own way: one by 7 minutes, others by seconds, most of them more each hour."""
        at = now()
        if login == FAST:
            return PhoneClock(ahead_seconds=FAST_SECONDS, set_at=at)
        return PhoneClock(
            ahead_seconds=round(self.random.uniform(-90, 90), 1),
            gains_per_second=round(self.random.uniform(-0.002, 0.002), 5),
            set_at=at,
        )

    def _identities(self, name: str) -> Identities:
        return Identities(f"{self.seed} {name}")


async def places(session: Session, outlet_id: str) -> tuple[Place, ...]:
    """The appliances of the outlet's customers, by customer."""
    customers = {each["id"] for each in await session.pages("/v1/customers", outlet_id=outlet_id)}
    sites = {each["id"]: each["customer_id"] for each in await session.pages("/v1/sites")}
    return tuple(
        Place(
            customer_id=sites[each["site_id"]],
            site_id=each["site_id"],
            asset_id=each["id"],
            product_code=each["product_code"],
        )
        for each in await session.pages("/v1/assets")
        if sites.get(each["site_id"]) in customers
    )
