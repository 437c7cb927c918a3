"""What a technician's app that is online may do on a visit: for each action its address and its kind of fact. Data."""

from msgspec import Struct

from domain.facts import door
from domain.facts.shared import AttachmentAdded, Purpose
from domain.facts.words import (
    Check,
    CoordinateSystem,
    FeeKind,
    FeeLine,
    Position,
    Reading,
    Result,
    SpecialWork,
)
from domain.steps.fees import content_hash


class VisitAction(Struct, frozen=True):
    """`path` is below the visit's; `example` is of the kind of fact that the action records."""

    path: str
    operation: str
    summary: str
    example: Struct


_DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_HERE = Position(latitude=30.259, longitude=120.13, accuracy_metres=12, coordinate_system=CoordinateSystem.GCJ02)
_FEES = (
    (FeeKind.VISIT, "F-VISIT-CITY", "上门费(市区)", 5000),
    (FeeKind.LABOUR, "F-LABOUR-MEDIUM", "人工费(中修)", 13000),
    (FeeKind.PART, "P-AC-011", "室外电容", 3500),
)
_LINES = tuple(
    FeeLine(
        line_id=str(number),
        kind=kind,
        code=code,
        description=description,
        quantity_thousandths=1000,
        unit_price_fen=price_fen,
        amount_fen=price_fen,
    )
    for number, (kind, code, description, price_fen) in enumerate(_FEES, 1)
)
_DISCLOSED = door.FeesDisclosed(lines=_LINES, total_fen=21500, price_list_code="FS-2025-07", price_list_shown=True)
_PHOTO = "3c9909afec25354d551dae21590bb26e38d53f2173b8d3dc3eee4c047e7ab1c1"
_RECORDED = door.RepairRecorded(
    symptom_code="AC-S01",
    condition_code="Z1",
    cause_code="AC-C02",
    measure_codes=("M01",),
    result=door.VisitOutcome.SOLVED,
    readings=(
        Reading(code="running_current", value_thousandths=6_200, unit="A"),
        Reading(code="air_difference", value_thousandths=12_500, unit="K"),
    ),
    checks=(
        Check(code="before", result=Result.PASS, photo_digests=(_PHOTO,)),
        Check(code="after", result=Result.PASS, photo_digests=(_DIGEST,)),
        Check(code="operation", result=Result.PASS, choice="normal"),
    ),
    passed=("S01", "S02", "S03", "S04", "S05", "S31", "S32", "S33"),
)
_AT_THE_END = tuple(f"D{number:02}" for number in range(1, 18))

# Sent one after another by HZ0107, the examples are a repair of an air conditioner at which no rule is broken.
VISIT_ACTIONS: tuple[VisitAction, ...] = (
    VisitAction("acceptances", "accept_visit", "Accept a visit that was planned for you.", door.VisitAccepted()),
    VisitAction("declines", "decline_visit", "Give a visit back to the desk.", door.VisitDeclined(reason="车辆故障")),
    VisitAction(
        "contacts",
        "contact_customer",
        "Record a call or message before the visit.",
        door.CustomerContacted(reached=True),
    ),
    VisitAction("departures", "depart_to_visit", "Set out for the visit.", door.Departed(position=_HERE)),
    VisitAction(
        "arrivals",
        "arrive_at_visit",
        "Arrive at the door, with what shows it.",
        door.Arrived(position=_HERE, evidence=door.ArrivalEvidence.POSITION),
    ),
    VisitAction(
        "check-ins",
        "check_in_visit",
        "Show uniform, badge and the items brought along.",
        door.CheckedIn(
            uniform=Check(code="uniform", result=Result.PASS),
            badge=Check(code="badge", result=Result.PASS),
            badge_number="HZ0107",
            kit_items=tuple(Check(code=f"K0{number}", result=Result.PASS) for number in range(1, 6)),
            position=_HERE,
            evidence=door.ArrivalEvidence.POSITION,
            photo_digests=(_DIGEST,),
        ),
    ),
    VisitAction(
        "diagnoses",
        "diagnose_fault",
        "Record what was found, apart from what the customer said.",
        door.Diagnosed(symptom_code="AC-S01", cause_code="AC-C02", condition_code="Z1"),
    ),
    VisitAction(
        "fee-disclosures",
        "disclose_fees",
        "Tell the customer every fee, item by item, before paid work.",
        _DISCLOSED,
    ),
    VisitAction(
        "fee-acknowledgements",
        "acknowledge_fees",
        "Record that the customer agreed to one disclosure, named by its content hash.",
        door.FeesAcknowledged(
            content_hash=content_hash(_DISCLOSED), method=door.Consent.SIGNATURE, evidence_digest=_DIGEST
        ),
    ),
    VisitAction(
        "fee-declines",
        "decline_fees",
        "Record that the customer said no to the fees.",
        door.FeesDeclined(content_hash=content_hash(_DISCLOSED), reason="费用过高"),
    ),
    VisitAction(
        "work-starts",
        "start_work",
        "Begin the work, with the safety checks that it asks for.",
        door.WorkStarted(
            special_work=(SpecialWork.ELECTRICITY,),
            safety_checks=(
                Check(code="power_off", result=Result.PASS),
                Check(code="voltage_absent", result=Result.PASS),
            ),
        ),
    ),
    VisitAction(
        "pauses", "pause_work", "Stop for a while, for a stated reason.", door.WorkPaused(reason=door.PauseReason.PARTS)
    ),
    VisitAction("resumptions", "resume_work", "Go on with the work.", door.WorkResumed()),
    VisitAction(
        "part-usages",
        "use_part",
        "Record a part that was fitted.",
        door.PartUsed(
            part_code="P-AC-011",
            description="室外电容",
            unit_price_fen=3500,
            fee_line_id="3",
            batch="2025-06-A",
            old_part=door.OldPart.LEFT_WITH_CUSTOMER,
        ),
    ),
    VisitAction(
        "repair-records",
        "record_repair",
        "Record the repair: symptom, cause, measures, readings, result.",
        _RECORDED,
    ),
    VisitAction(
        "guidance",
        "give_guidance",
        "Record what the customer was shown about use and care.",
        door.GuidanceGiven(topics=("repair_warranty", "complaint_line", "data_use")),
    ),
    VisitAction("completions", "finish_work", "Finish the work: tested and tidied.", door.WorkFinished()),
    VisitAction(
        "charges",
        "charge_visit",
        "Bill the customer, item by item, no more than was acknowledged.",
        door.Charged(lines=_LINES, total_fen=21500),
    ),
    VisitAction(
        "payments",
        "record_payment",
        "Record money that came in.",
        door.Paid(amount_fen=21500, method=door.PaymentMethod.ONLINE, reference="P-20250706-0107"),
    ),
    VisitAction(
        "sign-offs",
        "sign_off_visit",
        "Record the customer's signature, or why there is none.",
        door.SignedOff(method=door.Consent.SIGNATURE, evidence_digest=_DIGEST, content_hash=content_hash(_DISCLOSED)),
    ),
    VisitAction(
        "endings",
        "end_visit",
        "Leave, and say how it ended.",
        door.VisitEnded(outcome=door.VisitOutcome.SOLVED, passed=_AT_THE_END),
    ),
    VisitAction(
        "incidents",
        "report_incident",
        "Report harm or danger.",
        door.IncidentReported(kind="water_damage", serious=False, text="接头渗水，已处理"),
    ),
    VisitAction(
        "attachments",
        "attach_file",
        "Name a file by the digest of its bytes, which may arrive later.",
        AttachmentAdded(digest=_DIGEST, media_type="image/jpeg", size_bytes=245_760, purpose=Purpose.AFTER),
    ),
)
