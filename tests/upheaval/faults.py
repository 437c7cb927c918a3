"""What is done to the server: every class of fault."""

from tests.upheaval.burdens import (
    deliver_twice,
    exhaust_the_pool,
    freeze_the_database,
    lose_answers,
    take_every_connection,
)
from tests.upheaval.kills import (
    end_backends,
    kill_a_backend,
    kill_a_worker,
    kill_the_api,
    kill_the_postmaster,
    kill_the_whole_database,
    stop_the_postmaster_at_once,
)
from tests.upheaval.stage import Fault

FAULTS: tuple[Fault, ...] = (
    kill_the_api,
    kill_the_postmaster,
    kill_a_backend,
    kill_a_worker,
    freeze_the_database,
    lose_answers,
    deliver_twice,
    exhaust_the_pool,
    kill_the_whole_database,
    end_backends,
    stop_the_postmaster_at_once,
    take_every_connection,
)
KILLS = frozenset(
    {
        kill_the_api,
        kill_the_postmaster,
        kill_a_backend,
        kill_a_worker,
        kill_the_whole_database,
        stop_the_postmaster_at_once,
    }
)
