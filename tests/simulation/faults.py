"""What goes wrong on purpose. Each class is counted; a run in which one never fired proves nothing and fails."""

from collections import Counter

NETWORK = (
    "request_lost",
    "reply_lost_after_commit",
    "request_delayed",
    "request_duplicated",
    "requests_crossed",
    "commit_slow",
    "commits_out_of_order",
    "overtaken_at_last",
    "transaction_rolled_back",
    "captive_portal",
    "batch_reordered",
    "page_cut",
    "purge_overtaken",
)
CLOCKS = ("clock_drift", "clock_jump", "clock_lie", "clock_missing", "reboot")
PEOPLE = (
    "visit_reassigned",
    "visit_cancelled",
    "job_cancelled",
    "fact_retracted",
    "case_decided",
    "quarantine_released",
    "quarantine_discarded",
    "not_authorised",
    "strict_asked",
    "strict_and_lost",
    "job_unknown",
    "scopes_changed",
    "planned_at_the_door",
    "plan_completed",
    "escape_tried",
)
DEVICES = (
    "device_revoked",
    "phone_handed_over",
    "phone_in_a_drawer",
    "phone_restored",
    "phone_cloned",
    "seq_reused",
    "fact_id_reused",
    "lost_id_given_again",
    "base_version_wrong",
    "document_spoilt",
    "document_repaired",
    "repaired_without_cursor",
)
FORMATS = ("fact_unreadable", "kind_unknown", "field_unknown", "schema_old", "null_left_out")
SERVER = ("jobs_pulled", "cursor_forged", "cursor_replayed", "server_restored", "offered_in_trouble")

IN_THE_STORE_ALONE = (
    "card_withdrawn",
    "site_corrected",
    "van_loaded",
    "sites_pulled",
    "vans_pulled",
    "repairing_too_often",
    "push_foretold",
)
"""What the server in memory knows nothing of."""

CLASSES = (*NETWORK, *CLOCKS, *PEOPLE, *DEVICES, *FORMATS, *SERVER)

Fired = Counter[str]


def never(fired: Fired, classes: tuple[str, ...] = CLASSES) -> list[str]:
    """The classes that did not fire."""
    return [each for each in classes if not fired[each]]
