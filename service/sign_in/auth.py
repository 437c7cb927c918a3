"""Who is asking: the bearer token of a request, and the member behind it."""

from domain.people.actor import Actor, may
from service.http.errors import Refused
from service.http.reading import HttpRequest, headers_named
from service.sign_in.keyring import Keyring, claims_of
from service.sign_in.tokens import MALFORMED, Claims, TokenError
from service.store.people import sessions
from service.store.people.sessions import Standing


async def authenticate(request: HttpRequest) -> Actor:
    """The member behind the token as the database knows them now: role, outlets and revocation count at once."""
    claims = await verified(request)
    pool = request.app.state.database.pull_pool
    return actor_of(claims, await sessions.standing(pool, claims.org, claims.sub, claims.device))


async def verified(request: HttpRequest) -> Claims:
    """What the token says, without asking the database whether it still holds.

    Whoever uses this compares `claims.authority` with the `authority_version` of member and device, and `active` and
    `revoked_at`, in the statement that answers the request: `docs/sign-in.md` shows how.
    """
    state = request.app.state
    if not hasattr(state, "keyring"):
        state.keyring = Keyring()
    try:
        return await claims_of(state.keyring, state.database, bearer_token(headers_named(request, b"authorization")))
    except TokenError as error:
        raise Refused(str(error)) from None


def bearer_token(headers: list[str]) -> str:
    """The token in the Authorization header; Refused when there is none, TokenError when it is something else."""
    if not headers:
        raise Refused("token_missing")
    scheme, _, token = headers[0].partition(" ")
    if len(headers) > 1 or scheme.lower() != "bearer" or not token.strip(" "):
        raise TokenError(MALFORMED)
    return token.strip(" ")


def actor_of(claims: Claims, standing: Standing | None) -> Actor:
    """The member who may act on these claims, or Refused."""
    if standing is not None and standing.device_revoked:
        raise Refused("device_revoked")
    if standing is None or not standing.member_active:
        raise Refused("token_revoked")
    if (standing.member_version, standing.device_version) != (claims.authority.member, claims.authority.device):
        raise Refused("token_revoked")
    return Actor(claims.org, claims.sub, claims.device, standing.role, standing.outlet_ids, standing.language)


def require(actor: Actor, right: str) -> Actor:
    """The actor, or `not_permitted` when their role does not hold the right."""
    if not may(actor, right):
        raise Refused("not_permitted", role=actor.role.value)
    return actor
