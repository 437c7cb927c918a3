"""What a technician's app that is online may do on a visit: for each action its address and its kind of fact. Data."""

from msgspec import Struct

from domain.facts.door.attendance import (
    ArrivalEvidence,
    Arrived,
    CheckedIn,
    CustomerContacted,
    Departed,
    IncidentReported,
    VisitAccepted,
    VisitDeclined,
    VisitEnded,
    VisitOutcome,
)
from domain.facts.door.customer import SignedOff
from domain.facts.door.fees import Charged, Consent, FeesAcknowledged, FeesDeclined, FeesDisclosed, Paid, PaymentMethod
from domain.facts.door.work import (
    Diagnosed,
    GuidanceGiven,
    OldPart,
    PartUsed,
    PauseReason,
    RepairRecorded,
    WorkFinished,
    WorkPaused,
    WorkResumed,
    WorkStarted,
)
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


class VisitAction(Struct, frozen=True):
    """`path` is below the visit's; `example` is of the kind of fact that the action records."""

    path: str
    operation: str
    summary: str
    example: Struct


_DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_HERE = Position(latitude=30.259, longitude=120.13, accuracy_metres=12, coordinate_system=CoordinateSystem.GCJ02)
_LINES = (
    FeeLine(
        line_id="1",
        kind=FeeKind.VISIT,
        code="VISIT-CITY",
        description="上门费",
        quantity_thousandths=1000,
        unit_price_fen=5000,
        amount_fen=5000,
    ),
    FeeLine(
        line_id="2",
        kind=FeeKind.LABOUR,
        code="LABOUR-MEDIUM",
        description="人工 中修",
        quantity_thousandths=1000,
        unit_price_fen=13000,
        amount_fen=13000,
    ),
    FeeLine(
        line_id="3",
        kind=FeeKind.PART,
        code="P-AC-011",
        description="室外电容",
        quantity_thousandths=1000,
        unit_price_fen=3500,
        amount_fen=3500,
    ),
)

VISIT_ACTIONS: tuple[VisitAction, ...] = (
    VisitAction("acceptances", "accept_visit", "Accept a visit that was planned for you.", VisitAccepted()),
    VisitAction("declines", "decline_visit", "Give a visit back to the desk.", VisitDeclined(reason="车辆故障")),
    VisitAction(
        "contacts", "contact_customer", "Record a call or message before the visit.", CustomerContacted(reached=True)
    ),
    VisitAction("departures", "depart_to_visit", "Set out.", Departed(position=_HERE)),
    VisitAction(
        "arrivals",
        "arrive_at_visit",
        "Arrive at the door, with what shows it.",
        Arrived(position=_HERE, evidence=ArrivalEvidence.POSITION),
    ),
    VisitAction(
        "check-ins",
        "check_in_visit",
        "Show uniform, badge and the items brought along.",
        CheckedIn(
            uniform=Check(code="uniform", result=Result.PASS),
            badge=Check(code="badge", result=Result.PASS),
            badge_number="HZ0107",
            kit_items=(Check(code="K02", result=Result.PASS), Check(code="K03", result=Result.PASS)),
            position=_HERE,
            evidence=ArrivalEvidence.POSITION,
            photo_digests=(_DIGEST,),
        ),
    ),
    VisitAction(
        "diagnoses",
        "diagnose_fault",
        "Record what was found, apart from what the customer said.",
        Diagnosed(symptom_code="AC-S01", cause_code="AC-C02", condition_code="Z1"),
    ),
    VisitAction(
        "fee-disclosures",
        "disclose_fees",
        "Tell the customer every fee, item by item, before paid work.",
        FeesDisclosed(lines=_LINES, total_fen=21500, price_list_code="FS-2025-07", price_list_shown=True),
    ),
    VisitAction(
        "fee-acknowledgements",
        "acknowledge_fees",
        "Record that the customer agreed to one disclosure, named by its content hash.",
        FeesAcknowledged(content_hash=_DIGEST, method=Consent.SIGNATURE, evidence_digest=_DIGEST),
    ),
    VisitAction(
        "fee-declines",
        "decline_fees",
        "Record that the customer said no to the fees.",
        FeesDeclined(content_hash=_DIGEST, reason="费用过高"),
    ),
    VisitAction(
        "work-starts",
        "start_work",
        "Begin the work, with the safety checks that it asks for.",
        WorkStarted(
            special_work=(SpecialWork.ELECTRICITY,),
            safety_checks=(
                Check(code="power_off", result=Result.PASS),
                Check(code="voltage_absent", result=Result.PASS),
            ),
        ),
    ),
    VisitAction("pauses", "pause_work", "Stop for a while, for a stated reason.", WorkPaused(reason=PauseReason.PARTS)),
    VisitAction("resumptions", "resume_work", "Go on with the work.", WorkResumed()),
    VisitAction(
        "part-usages",
        "use_part",
        "Record a part that was fitted.",
        PartUsed(
            part_code="P-AC-011",
            description="室外电容",
            unit_price_fen=3500,
            fee_line_id="3",
            batch="2025-06-A",
            old_part=OldPart.LEFT_WITH_CUSTOMER,
        ),
    ),
    VisitAction(
        "repair-records",
        "record_repair",
        "Record the repair: symptom, cause, measures, readings, result.",
        RepairRecorded(
            symptom_code="AC-S01",
            cause_code="AC-C02",
            measure_codes=("M01",),
            result=VisitOutcome.SOLVED,
            readings=(Reading(code="outlet_air", value_thousandths=12_500, unit="celsius"),),
        ),
    ),
    VisitAction(
        "guidance",
        "give_guidance",
        "Record what the customer was shown about use and care.",
        GuidanceGiven(topics=("filter_cleaning",)),
    ),
    VisitAction("completions", "finish_work", "Finish the work: tested and tidied.", WorkFinished()),
    VisitAction(
        "charges",
        "charge_visit",
        "Bill the customer, item by item, no more than was acknowledged.",
        Charged(lines=_LINES, total_fen=21500),
    ),
    VisitAction(
        "payments",
        "record_payment",
        "Record money that came in.",
        Paid(amount_fen=21500, method=PaymentMethod.ONLINE, reference="P-20250706-0107"),
    ),
    VisitAction(
        "sign-offs",
        "sign_off_visit",
        "Record the customer's signature, or why there is none.",
        SignedOff(method=Consent.SIGNATURE, evidence_digest=_DIGEST),
    ),
    VisitAction("endings", "end_visit", "Leave, and say how it ended.", VisitEnded(outcome=VisitOutcome.SOLVED)),
    VisitAction(
        "incidents",
        "report_incident",
        "Report harm or danger.",
        IncidentReported(kind="water_damage", serious=False, text="接头渗水，已处理"),
    ),
    VisitAction(
        "attachments",
        "attach_file",
        "Name a file by the digest of its bytes, which may arrive later.",
        AttachmentAdded(digest=_DIGEST, media_type="image/jpeg", size_bytes=245_760, purpose=Purpose.AFTER),
    ),
)
