"""What people wrote on the pages of docs/ whose tables come from the code."""

WRITTEN = "<!-- Written by `make docs`; edit the code instead. -->"

FACTS_INTRODUCTION = (
    "# Facts",
    WRITTEN,
    "A fact is one JSON object: the envelope, and one field named by its kind. [Sync](sync.md) says how to send it.",
    'Null and an absent field mean the same. Times are RFC 3339 with a zone. Numbers after "text" count characters.',
    "Examples show a fact's own field; those at the door, one after another, are a repair at which no rule is broken.",
)
RULES_INTRODUCTION = (
    "# Rules",
    WRITTEN,
    """\
The same tables, for programs: `GET /v1/rules`. Its `ETag` is a digest of them; a phone asks with `If-None-Match` and
keeps them for when it is offline.""",
)
VISIT_ENDS = """\
`visit_ended` leads to `no_access` or `unable` where its outcome says so. A plan with `replaces_visit_id` leads the
other visit to `superseded`. Every other fact leaves the status as it is."""
RULES_EXPLANATION = """\
A rule broken is a finding on the job; the fact is recorded all the same. *Blocks*: what must wait until somebody
decides the finding; what blocks charging blocks closing too. *When strict*: what becomes of a fact that was sent with
`strict`. *Rule*: its number, explained [below](#what-the-numbers-are)."""
SOURCES_EXPLANATION = """\
G: gates of the flow. R: what fee and warranty law asks. K: measures. E: clauses of the draft 售后服务规范 总则.
S: the order of steps, which is this product's own. `GET /v1/rules` serves this table too, in Chinese and English."""
FEES_EXPLANATION = """\
Rules of fees and honesty: what this product finds, and by what else it holds them. Where no code stands, nothing finds
a breach; what does not exist cannot be misused, and the last column says what that is."""
HELD_BY = {
    "R01": "Paid work without an acknowledged quote is also gate G2.",
    "R02": "A quote pins its list by code. Fees are in fen.",
    "R03": "Prices are frozen with the plan; the document leaves them out. "
    "A reason and a supervisor's code, made for this job and item, allow more.",
    "R04": "An acknowledgement names the hash of exactly what was shown.",
    "R05": "Also gate G4: no bill above what was acknowledged.",
    "R06": "The bill is the settlement list, line by line.",
    "R07": "`invoices`, `invoice_requested_at`. One number on two jobs, also of a payment, is a case (`reference`).",
    "R08": "`refund` in the job: amount, since when, both last days. What was paid above the bills is due unasked.",
    "R09": "After a decline: what was told for coming, and of the diagnosis fee the percentage frozen with the plan.",
    "R10": "A sign-off may name the bill's `content_hash`. "
    "A code of `requirements.issued_codes` was made for this job; of others, one for two jobs is not found.",
    "R11": "Asked for by `requirements.part_evidence`. Patterns over several jobs are cases (`pattern`), daily.",
    "R12": "Asked for by `requirements.told`. No field of a fact takes a name, a phone number or an address.",
    "R13": "No operation exports contact data; a phone gets those of its own visits, and is told when to purge them.",
    "R14": "Phones purge what was withdrawn (`GET /v1/purges`). There are no periods: nothing is erased by itself.",
    "R15": "Positions only in facts of travelling, arriving and checking in: no track, no face recognition. "
    "Consent and assessment are outside the product.",
    "R16": "`certificate_missing`, gate G1: certificates are frozen with the plan and checked for the day.",
    "R17": "No badge and no uniform are E43 and E42. The customer's page shows who comes, with badge and certificates.",
    "R18": "Asked for by `requirements.told`.",
    "R19": "Against what was first told on the visit, and `advertised` of the plan's price list; quotes keep to that.",
}
CHECKS_EXPLANATION = """\
A visit's plan names the checks in `requirements.safety_checks`, and `work_started` says how each came out.
`GET /v1/rules` has their words in Chinese and English."""
ROLES_EXPLANATION = """\
A technician also needs the visit to be theirs, now or before it was taken away; and plans only in a job that they
opened, for themselves. An integration says what another system knows of customer, warranty, complaint and money;
visits, and whether a job is done, are for people. What anybody else says goes to quarantine."""
OWNERS_EXPLANATION = """\
Two edits of one field, and neither's author had seen the other's value. One value stands, both stay in the job's
`conflicts`, and a person can override. Who had seen the other's value simply changes it."""
OTHER_FIELDS = """\
A visit's plan and the job's warranty: desk owns. A visit's diagnosis and repair record: door owns. Where both authors
are of the same side, the later value stands."""
ERRORS_INTRODUCTION = (
    "# Errors",
    WRITTEN,
    """\
Every refusal is `application/problem+json` (RFC 9457). Decide by `code`, never by `title` or `detail`: those are prose
in the language of `Accept-Language`. `GET /v1/problems/{code}` explains each, to browsers as a page.""",
    """\
What the HTTP server cannot read gets an empty answer from it: 400 for what is no HTTP/1.1, 414 for an
address above 64 KiB, 431 for more than 100 headers. Send none of them again.""",
    """\
Fields: `type`, `title`, `status`, `detail`, `instance`, `code`, `retryable`, `request_id`, `errors` (one for each field
or reason: `pointer`, `code`, `message`, and `allowed` where a value is none of those), and `current` (what stands now,
after `version_changed`). "Send again: later" means the very same request; wait for `Retry-After` where it is given.""",
)
