"""Every table. The statements that are written as SQL, most of them beside this file, name its columns as text.

Each primary, unique and foreign key starts with `org_id`: one organisation can never reference, collide with or
probe another, and the schema can be distributed by organisation without change. One key does not: an organisation's
own code, by which people without a token name it.
"""

from service.store.tables.cases import cases, quarantine
from service.store.tables.catalogue import catalogue, catalogue_bundles
from service.store.tables.columns import CURRENT_TRANSACTION, NOW, TransactionId, metadata
from service.store.tables.customer_links import customer_links
from service.store.tables.customers import assets, customers, sites
from service.store.tables.evidence import attachment_jobs, attachments, evidence, uploads
from service.store.tables.exports import exports
from service.store.tables.improvements import improvements
from service.store.tables.jobs import asset_visits, bookings, documents, facts, jobs
from service.store.tables.measures import measures
from service.store.tables.money_references import money_references
from service.store.tables.people import absences, certificates, member_photos, members, organisations, outlets
from service.store.tables.privacy import accesses, consents, erasures, impact_assessments, retention_terms
from service.store.tables.reports import written_reports
from service.store.tables.scoring import criteria
from service.store.tables.service_reports import service_reports
from service.store.tables.sign_in import devices, enrolment_codes, refresh_tokens, sign_in_attempts, signing_keys
from service.store.tables.snapshots import snapshot_items, snapshots
from service.store.tables.stock import stock_operations, stock_uses
from service.store.tables.sync import audience, purges, refused_numbers, repairs
from service.store.tables.webhooks import deliveries, event_heads, events, webhooks
from service.store.tables.work import UNFINISHED, tasks

__all__ = [
    "CURRENT_TRANSACTION",
    "NOW",
    "UNFINISHED",
    "TransactionId",
    "absences",
    "accesses",
    "asset_visits",
    "assets",
    "attachment_jobs",
    "attachments",
    "audience",
    "bookings",
    "cases",
    "catalogue",
    "catalogue_bundles",
    "certificates",
    "consents",
    "criteria",
    "customer_links",
    "customers",
    "deliveries",
    "devices",
    "documents",
    "enrolment_codes",
    "erasures",
    "event_heads",
    "events",
    "evidence",
    "exports",
    "facts",
    "impact_assessments",
    "improvements",
    "jobs",
    "measures",
    "member_photos",
    "members",
    "metadata",
    "money_references",
    "organisations",
    "outlets",
    "purges",
    "quarantine",
    "refresh_tokens",
    "refused_numbers",
    "repairs",
    "restatements",
    "retention_terms",
    "service_reports",
    "sign_in_attempts",
    "signing_keys",
    "sites",
    "snapshot_items",
    "snapshots",
    "stock_operations",
    "stock_uses",
    "tasks",
    "uploads",
    "webhooks",
    "written_reports",
]
