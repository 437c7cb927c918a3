"""Numbers of receipts, invoices, payments and refunds, as the documents of jobs name them."""

from sqlalchemy import Column, DateTime, ForeignKeyConstraint, Index, PrimaryKeyConstraint, Table, Text, Uuid

from service.store.tables.columns import identity, metadata, org_id

money_references = Table(
    "money_references",
    metadata,
    org_id(),
    identity("job_id"),
    Column("kind", Text, nullable=False, comment="receipt, invoice, payment or refund"),
    Column("number", Text, nullable=False),
    Column("outlet_id", Uuid),
    identity("fact_id"),
    Column("at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("org_id", "job_id", "kind", "number"),
    ForeignKeyConstraint(["org_id", "job_id"], ["jobs.org_id", "jobs.id"]),
    Index(None, "org_id", "kind", "number"),
)
