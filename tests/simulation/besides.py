"""What may happen besides the step of a history, by a chance of its own: a new line changes nothing about another."""

from tests.simulation.damage import repaired_out_of_turn, storage_fails
from tests.simulation.desks import moved_to_another_outlet, site_corrected, van_loaded
from tests.simulation.late_words import purge_overtaken
from tests.simulation.mishaps import Mishap
from tests.simulation.own_plans import escape_tried, planned_at_the_door
from tests.simulation.previews import push_foretold
from tests.simulation.restores import offered_in_trouble

BESIDES: dict[str, Mishap] = {
    "corrected": site_corrected,
    "out of turn": repaired_out_of_turn,
    "storage": storage_fails,
    "loaded": van_loaded,
    "moved": moved_to_another_outlet,
    "offered": offered_in_trouble,
    "own plan": planned_at_the_door,
    "escape": escape_tried,
    "foretold": push_foretold,
    "overtaken": purge_overtaken,
}
"""By the name that its chance is drawn by."""
