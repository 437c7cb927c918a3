"""What the server in memory says that it lost of the facts that a phone offers."""

from collections.abc import Sequence
from uuid import UUID

from tests.simulation.memory_data import Data
from tests.simulation.memory_request import HeldThing


def lost(data: Data, offered: Sequence[HeldThing]) -> list[UUID]:
    """Those of which neither the log nor quarantine has this content; of one without a digest, any under its id."""
    here = [(each.fact_id, each.digest) for each in data.held.values()]
    here += [(fact_id, each.digest) for fact_id, known in data.known.items() for each in known]
    found = {(str(fact_id), digest.hex()) for fact_id, digest in here} | {(str(each), None) for each, _ in here}
    return [each.id for each in offered if (str(each.id), each.digest) not in found]
