CREATE TABLE cases (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    outlet_id UUID,
    job_id UUID,
    severity TEXT NOT NULL,
    state TEXT NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    body BYTEA NOT NULL,
    field TEXT,
    technician_id UUID,
    author_ids UUID[] NOT NULL,
    CONSTRAINT cases_pkey PRIMARY KEY (org_id, id)
);

CREATE INDEX cases_author_ids_index ON cases USING gin (author_ids);

CREATE INDEX cases_org_id_field_opened_at_id_index ON cases (org_id, field, opened_at, id) WHERE field IS NOT NULL;

CREATE INDEX cases_org_id_job_id_index ON cases (org_id, job_id);

CREATE INDEX cases_org_id_kind_opened_at_id_index ON cases (org_id, kind, opened_at, id);

CREATE INDEX cases_org_id_state_opened_at_id_index ON cases (org_id, state, opened_at, id);

CREATE INDEX cases_org_id_state_outlet_id_opened_at_id_index ON cases (org_id, state, outlet_id, opened_at, id);

CREATE INDEX cases_org_id_technician_id_index ON cases (org_id, technician_id) WHERE technician_id IS NOT NULL;

COMMENT ON COLUMN cases.kind IS 'finding, conflict, booking, and so on: domain.cases.kinds.CaseKind';

COMMENT ON COLUMN cases.outlet_id IS 'Null while nobody knows which job it belongs to';

COMMENT ON COLUMN cases.state IS 'open, decided or cleared';

COMMENT ON COLUMN cases.body IS 'The finding, conflict, collision or quarantined fact as JSON';

COMMENT ON COLUMN cases.field IS 'Of a conflict, without the visit: plan, repair, access_note';

COMMENT ON COLUMN cases.technician_id IS 'Of a double booking: whose hours are taken twice';

COMMENT ON COLUMN cases.author_ids IS 'Of a conflict: who set the two values';

CREATE TABLE quarantine (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    fact_id UUID,
    job_id UUID,
    device_id UUID NOT NULL,
    author_id UUID NOT NULL,
    author_role TEXT NOT NULL,
    reason TEXT NOT NULL,
    record BYTEA NOT NULL,
    holds_position BOOLEAN NOT NULL,
    digest BYTEA NOT NULL,
    outcome BYTEA NOT NULL,
    clock_offset_ms BIGINT,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT NOT NULL,
    decided_by UUID,
    decided_at TIMESTAMP WITH TIME ZONE,
    decision_reason TEXT,
    seq BIGINT,
    schema INTEGER DEFAULT 1 NOT NULL,
    delivered_by UUID,
    CONSTRAINT quarantine_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT quarantine_org_id_device_id_digest_key UNIQUE (org_id, device_id, digest)
);

CREATE INDEX quarantine_org_id_device_id_seq_index ON quarantine (org_id, device_id, seq);

CREATE INDEX quarantine_org_id_fact_id_index ON quarantine (org_id, fact_id);

CREATE INDEX quarantine_org_id_job_id_index ON quarantine (org_id, job_id);

CREATE INDEX quarantine_org_id_recorded_at_index ON quarantine (org_id, recorded_at) WHERE holds_position;

COMMENT ON COLUMN quarantine.fact_id IS 'Null when not even that could be read';

COMMENT ON COLUMN quarantine.record IS 'Byte for byte as it was sent';

COMMENT ON COLUMN quarantine.holds_position IS 'An exact position, which is erased after a time (R14)';

COMMENT ON COLUMN quarantine.outcome IS 'The answer its author was given, byte for byte';

COMMENT ON COLUMN quarantine.state IS 'held, released or discarded';

COMMENT ON COLUMN quarantine.seq IS 'The device''s own counter, when it could be read';

COMMENT ON COLUMN quarantine.schema IS 'The contract it was written by';

COMMENT ON COLUMN quarantine.delivered_by IS 'Who handed it over, when that is not its author';

CREATE TABLE documents (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    version BIGINT NOT NULL,
    body BYTEA NOT NULL,
    digest BYTEA NOT NULL,
    CONSTRAINT documents_pkey PRIMARY KEY (org_id, id)
)
 WITH (toast_tuple_target = 8160, fillfactor = 75);

COMMENT ON COLUMN documents.body IS 'Canonical JSON; a pull joins these bytes and never decodes';

COMMENT ON COLUMN documents.digest IS 'SHA-256 of the body: devices compare theirs with it';

CREATE TABLE organisations (
    org_id UUID NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    language TEXT DEFAULT 'zh' NOT NULL,
    time_zone TEXT DEFAULT 'Asia/Shanghai' NOT NULL,
    epoch BIGINT DEFAULT (floor((random() * ('9007199254740992'::bigint)::double precision)))::bigint NOT NULL,
    epoch_system_id TEXT,
    epoch_timeline INTEGER,
    lives INTEGER[] DEFAULT '{0}'::integer[] NOT NULL,
    cursor_key BYTEA DEFAULT sha256((uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))) NOT NULL,
    catalogue_digest TEXT DEFAULT '' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT organisations_pkey PRIMARY KEY (org_id),
    CONSTRAINT organisations_code_key UNIQUE (code)
);

COMMENT ON COLUMN organisations.code IS 'What a person types at sign-in, unique on this installation';

COMMENT ON COLUMN organisations.epoch IS 'Which life of the data';

COMMENT ON COLUMN organisations.epoch_system_id IS 'Cluster, database and table that this epoch was opened on';

COMMENT ON COLUMN organisations.epoch_timeline IS 'And its timeline: another one is another life';

COMMENT ON COLUMN organisations.lives IS 'The lives that led here, one more with each epoch: versions of jobs name the one they count in';

COMMENT ON COLUMN organisations.cursor_key IS 'Signs sync cursors';

COMMENT ON COLUMN organisations.catalogue_digest IS 'Of the catalogue''s bundle; pulls announce it; empty while there has never been one';

CREATE TABLE sign_in_attempts (
    org_id UUID NOT NULL,
    login TEXT NOT NULL,
    failures INTEGER NOT NULL,
    blocked_until TIMESTAMP WITH TIME ZONE,
    CONSTRAINT sign_in_attempts_pkey PRIMARY KEY (org_id, login)
);

CREATE TABLE catalogue (
    org_id UUID NOT NULL,
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    valid_from DATE NOT NULL,
    body JSONB NOT NULL,
    version BIGINT DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT catalogue_pkey PRIMARY KEY (org_id, kind, code),
    CONSTRAINT catalogue_org_id_fkey FOREIGN KEY(org_id) REFERENCES organisations (org_id)
);

COMMENT ON COLUMN catalogue.kind IS 'product, part, fault_code, price_list, checklist';

CREATE TABLE catalogue_bundles (
    org_id UUID NOT NULL,
    digest TEXT NOT NULL,
    body BYTEA NOT NULL,
    replaced_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT catalogue_bundles_pkey PRIMARY KEY (org_id, digest),
    CONSTRAINT catalogue_bundles_org_id_fkey FOREIGN KEY(org_id) REFERENCES organisations (org_id)
);

COMMENT ON COLUMN catalogue_bundles.digest IS 'Of the body: 16 hex digits of its SHA-256';

COMMENT ON COLUMN catalogue_bundles.body IS 'Canonical JSON of the whole catalogue at that time';

COMMENT ON COLUMN catalogue_bundles.replaced_at IS 'Null while pulls announce it';

CREATE TABLE attachments (
    org_id UUID NOT NULL,
    digest BYTEA NOT NULL,
    media_type TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    width INTEGER,
    height INTEGER,
    thumbnail TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    last_sent_at TIMESTAMP WITH TIME ZONE NOT NULL,
    checked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    damaged_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT attachments_pkey PRIMARY KEY (org_id, digest),
    CONSTRAINT attachments_org_id_fkey FOREIGN KEY(org_id) REFERENCES organisations (org_id)
);

CREATE INDEX attachments_org_id_checked_at_index ON attachments (org_id, checked_at);

CREATE INDEX attachments_org_id_last_sent_at_index ON attachments (org_id, last_sent_at);

COMMENT ON COLUMN attachments.digest IS 'SHA-256 of the bytes, which lie in the vault';

COMMENT ON COLUMN attachments.media_type IS 'As the bytes say';

COMMENT ON COLUMN attachments.thumbnail IS 'none, asked, made or failed';

COMMENT ON COLUMN attachments.checked_at IS 'When the bytes last had this digest';

COMMENT ON COLUMN attachments.damaged_at IS 'When they were found to have another, or to be gone';

CREATE TABLE exports (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    task_id UUID,
    made_by UUID NOT NULL,
    role TEXT NOT NULL,
    outlet_ids UUID[] NOT NULL,
    subject TEXT NOT NULL,
    format TEXT NOT NULL,
    purpose TEXT,
    purpose_note TEXT,
    period JSONB NOT NULL,
    size_bytes BIGINT,
    sha256 BYTEA,
    rows BIGINT,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT exports_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT exports_org_id_fkey FOREIGN KEY(org_id) REFERENCES organisations (org_id)
);

CREATE INDEX exports_org_id_expires_at_index ON exports (org_id, expires_at);

CREATE INDEX exports_org_id_made_by_created_at_id_index ON exports (org_id, made_by, created_at, id);

COMMENT ON COLUMN exports.task_id IS 'The task that makes it';

COMMENT ON COLUMN exports.role IS 'Theirs when they asked';

COMMENT ON COLUMN exports.outlet_ids IS 'Theirs when they asked; none: all of them';

COMMENT ON COLUMN exports.subject IS 'measures, kpi_results, evidence or contacts';

COMMENT ON COLUMN exports.purpose IS 'What for, where it tells of people (R13)';

COMMENT ON COLUMN exports.period IS 'What was asked for';

COMMENT ON COLUMN exports.size_bytes IS 'Null until the file is whole';

CREATE TABLE outlets (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    city TEXT NOT NULL,
    area TEXT NOT NULL,
    latitude DOUBLE PRECISION NOT NULL,
    longitude DOUBLE PRECISION NOT NULL,
    coordinate_system TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    complaint_line TEXT NOT NULL,
    labour_guarantee_days INTEGER DEFAULT 90 NOT NULL,
    part_guarantee_days INTEGER DEFAULT 180 NOT NULL,
    version BIGINT DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT outlets_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT outlets_org_id_code_key UNIQUE (org_id, code),
    CONSTRAINT outlets_org_id_fkey FOREIGN KEY(org_id) REFERENCES organisations (org_id)
);

COMMENT ON COLUMN outlets.area IS 'city or county: decides the distance fee';

CREATE TABLE members (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    role TEXT NOT NULL,
    outlet_ids UUID[] NOT NULL,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    team TEXT,
    language TEXT DEFAULT 'zh' NOT NULL,
    skills TEXT[] NOT NULL,
    daily_minutes INTEGER DEFAULT 480 NOT NULL,
    password_hash TEXT,
    active BOOLEAN DEFAULT true NOT NULL,
    authority_version BIGINT DEFAULT 1 NOT NULL,
    version BIGINT DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT members_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT members_org_id_login_key UNIQUE (org_id, login),
    CONSTRAINT members_org_id_fkey FOREIGN KEY(org_id) REFERENCES organisations (org_id)
);

COMMENT ON COLUMN members.outlet_ids IS 'Empty: every outlet';

COMMENT ON COLUMN members.login IS 'Badge number for technicians';

COMMENT ON COLUMN members.daily_minutes IS 'Planned work a day at most';

COMMENT ON COLUMN members.authority_version IS 'Raised to revoke';

CREATE TABLE retention_terms (
    org_id UUID NOT NULL,
    body JSONB NOT NULL,
    version BIGINT DEFAULT 1 NOT NULL,
    changed_by UUID NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT retention_terms_pkey PRIMARY KEY (org_id),
    CONSTRAINT retention_terms_org_id_fkey FOREIGN KEY(org_id) REFERENCES organisations (org_id)
);

CREATE TABLE erasures (
    org_id UUID NOT NULL,
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    erased_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    data TEXT NOT NULL,
    job_id UUID,
    fact_id UUID,
    digest BYTEA,
    customer_id UUID,
    taken_at TIMESTAMP WITH TIME ZONE NOT NULL,
    distance_metres INTEGER,
    terms JSONB NOT NULL,
    CONSTRAINT erasures_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT erasures_org_id_fkey FOREIGN KEY(org_id) REFERENCES organisations (org_id)
);

CREATE INDEX erasures_org_id_erased_at_id_index ON erasures (org_id, erased_at, id);

CREATE INDEX erasures_org_id_job_id_index ON erasures (org_id, job_id);

COMMENT ON TABLE erasures IS 'Added to, and never changed: what an auditor reads';

COMMENT ON COLUMN erasures.data IS 'What was erased (domain.retention)';

COMMENT ON COLUMN erasures.fact_id IS 'Of which fact, or the fact that named the file';

COMMENT ON COLUMN erasures.digest IS 'Of the file';

COMMENT ON COLUMN erasures.customer_id IS 'Whose name, phone number and addresses';

COMMENT ON COLUMN erasures.taken_at IS 'When it was recorded';

COMMENT ON COLUMN erasures.distance_metres IS 'What is left of a position: how far from the address it was';

COMMENT ON COLUMN erasures.terms IS 'The terms by which it was erased';

CREATE TABLE accesses (
    org_id UUID NOT NULL,
    id UUID DEFAULT gen_random_uuid() NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    member_id UUID NOT NULL,
    role TEXT NOT NULL,
    outlet_ids UUID[] NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    purpose TEXT NOT NULL,
    purpose_note TEXT,
    export_id UUID NOT NULL,
    CONSTRAINT accesses_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT accesses_org_id_fkey FOREIGN KEY(org_id) REFERENCES organisations (org_id)
);

CREATE INDEX accesses_org_id_at_id_index ON accesses (org_id, at, id);

COMMENT ON TABLE accesses IS 'Added to, and never changed: for what data of people left';

COMMENT ON COLUMN accesses.role IS 'Theirs at that time';

COMMENT ON COLUMN accesses.outlet_ids IS 'Theirs at that time; none: all of them';

COMMENT ON COLUMN accesses.action IS 'asked or fetched';

CREATE TABLE impact_assessments (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    made_on DATE NOT NULL,
    necessity TEXT NOT NULL,
    risks TEXT NOT NULL,
    measures TEXT NOT NULL,
    recorded_by UUID NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT impact_assessments_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT impact_assessments_org_id_fkey FOREIGN KEY(org_id) REFERENCES organisations (org_id)
);

CREATE INDEX impact_assessments_org_id_made_on_id_index ON impact_assessments (org_id, made_on, id);

COMMENT ON TABLE impact_assessments IS 'Added to, never changed, and kept at least three years';

CREATE TABLE written_reports (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    task_id UUID,
    made_by UUID NOT NULL,
    role TEXT NOT NULL,
    outlet_ids UUID[] NOT NULL,
    first_day DATE NOT NULL,
    last_day DATE NOT NULL,
    outlet_id UUID,
    technician_id UUID,
    language TEXT NOT NULL,
    figures BYTEA,
    paper BYTEA,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT written_reports_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT written_reports_org_id_fkey FOREIGN KEY(org_id) REFERENCES organisations (org_id)
);

CREATE INDEX written_reports_org_id_made_by_created_at_id_index ON written_reports (org_id, made_by, created_at, id);

COMMENT ON COLUMN written_reports.task_id IS 'The task that makes it';

COMMENT ON COLUMN written_reports.role IS 'Theirs when they asked';

COMMENT ON COLUMN written_reports.outlet_ids IS 'Theirs when they asked; none: all of them';

COMMENT ON COLUMN written_reports.figures IS 'Everything on the paper, as JSON';

COMMENT ON COLUMN written_reports.paper IS 'The PDF, once it is made';

CREATE TABLE criteria (
    org_id UUID NOT NULL,
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    body JSONB NOT NULL,
    version BIGINT DEFAULT 1 NOT NULL,
    changed_by UUID NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT criteria_pkey PRIMARY KEY (org_id, kind, code),
    CONSTRAINT criteria_org_id_fkey FOREIGN KEY(org_id) REFERENCES organisations (org_id)
);

COMMENT ON COLUMN criteria.kind IS 'scheme, profile or pattern_limits';

CREATE TABLE signing_keys (
    org_id UUID NOT NULL,
    key_id TEXT NOT NULL,
    private_pem TEXT NOT NULL,
    public_pem TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    retired_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT signing_keys_pkey PRIMARY KEY (org_id, key_id),
    CONSTRAINT signing_keys_org_id_fkey FOREIGN KEY(org_id) REFERENCES organisations (org_id)
);

CREATE TABLE snapshots (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    frozen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    frozen_by UUID NOT NULL,
    first_day DATE NOT NULL,
    last_day DATE NOT NULL,
    outlet_ids UUID[] NOT NULL,
    question JSONB NOT NULL,
    body BYTEA NOT NULL,
    sha256 BYTEA NOT NULL,
    CONSTRAINT snapshots_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT snapshots_org_id_fkey FOREIGN KEY(org_id) REFERENCES organisations (org_id)
);

CREATE INDEX snapshots_org_id_frozen_at_id_index ON snapshots (org_id, frozen_at, id);

CREATE INDEX snapshots_org_id_last_day_index ON snapshots (org_id, last_day);

COMMENT ON COLUMN snapshots.outlet_ids IS 'Whose work it counts; empty: every outlet''s';

COMMENT ON COLUMN snapshots.question IS 'As domain.kpis.query.Report, to tell which changes touch it';

COMMENT ON COLUMN snapshots.body IS 'Canonical JSON of what was reported; never changed';

COMMENT ON COLUMN snapshots.sha256 IS 'Of the body, which names that of the items';

CREATE TABLE audience (
    org_id UUID NOT NULL,
    scope_id UUID NOT NULL,
    document_id UUID NOT NULL,
    visible BOOLEAN NOT NULL,
    reason TEXT,
    due_at TIMESTAMP WITH TIME ZONE,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT audience_pkey PRIMARY KEY (org_id, document_id, scope_id),
    CONSTRAINT audience_org_id_document_id_fkey FOREIGN KEY(org_id, document_id) REFERENCES documents (org_id, id)
);

CREATE INDEX audience_org_id_scope_id_xid_document_id_index ON audience (org_id, scope_id, xid, document_id);

COMMENT ON COLUMN audience.reason IS 'Why it was withdrawn';

COMMENT ON COLUMN audience.due_at IS 'When its next work begins; what is due soon is sent first';

CREATE TABLE webhooks (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    url TEXT NOT NULL,
    description TEXT NOT NULL,
    events TEXT[] NOT NULL,
    active BOOLEAN DEFAULT true NOT NULL,
    disabled_why TEXT,
    disabled_at TIMESTAMP WITH TIME ZONE,
    secret BYTEA DEFAULT sha256((uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))) NOT NULL,
    earlier_secret BYTEA,
    earlier_secret_until TIMESTAMP WITH TIME ZONE,
    position BIGINT DEFAULT 0 NOT NULL,
    failures INTEGER DEFAULT 0 NOT NULL,
    failing_since TIMESTAMP WITH TIME ZONE,
    due_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    version BIGINT DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT webhooks_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT webhooks_org_id_fkey FOREIGN KEY(org_id) REFERENCES organisations (org_id)
);

COMMENT ON COLUMN webhooks.events IS 'Patterns of kinds; empty: every kind';

COMMENT ON COLUMN webhooks.disabled_why IS 'failing or gone, when it was not a person who switched it off';

COMMENT ON COLUMN webhooks.secret IS 'Signs what it is sent';

COMMENT ON COLUMN webhooks.earlier_secret IS 'Signs beside it until a while after a rotation';

COMMENT ON COLUMN webhooks.position IS 'Its deliveries reach so far';

COMMENT ON COLUMN webhooks.failures IS 'Tries since anything arrived';

COMMENT ON COLUMN webhooks.due_at IS 'Not to be tried before';

CREATE TABLE events (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    number BIGINT GENERATED BY DEFAULT AS IDENTITY,
    position BIGINT,
    kind TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    job_id UUID,
    outlet_id UUID,
    data JSONB NOT NULL,
    CONSTRAINT events_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT events_org_id_position_key UNIQUE (org_id, position),
    CONSTRAINT events_org_id_fkey FOREIGN KEY(org_id) REFERENCES organisations (org_id)
);

CREATE INDEX events_number_index ON events (number) WHERE position IS NULL;

CREATE INDEX events_org_id_at_index ON events (org_id, at);

COMMENT ON COLUMN events.number IS 'Drawn under the job''s lock: in its order';

COMMENT ON COLUMN events.position IS 'Its place in the organisation''s list, once others may read on from it';

COMMENT ON COLUMN events.data IS 'Ids and codes (domain.events.EventData)';

CREATE TABLE event_heads (
    org_id UUID NOT NULL,
    position BIGINT NOT NULL,
    CONSTRAINT event_heads_pkey PRIMARY KEY (org_id),
    CONSTRAINT event_heads_org_id_fkey FOREIGN KEY(org_id) REFERENCES organisations (org_id)
);

COMMENT ON COLUMN event_heads.position IS 'The last one given; never given again';

CREATE TABLE tasks (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    key TEXT,
    day DATE,
    details JSONB NOT NULL,
    state TEXT NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    attempts INTEGER DEFAULT 0 NOT NULL,
    again_at TIMESTAMP WITH TIME ZONE,
    holder UUID,
    steps_done BIGINT,
    steps_total BIGINT,
    last_error TEXT,
    asked_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE,
    finished_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT tasks_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT tasks_org_id_kind_day_key UNIQUE (org_id, kind, day),
    CONSTRAINT tasks_org_id_fkey FOREIGN KEY(org_id) REFERENCES organisations (org_id)
);

CREATE INDEX tasks_due_at_index ON tasks (due_at) WHERE state IN ('waiting', 'running');

CREATE INDEX tasks_org_id_state_asked_at_id_index ON tasks (org_id, state, asked_at, id);

CREATE UNIQUE INDEX tasks_org_id_kind_key_index ON tasks (org_id, kind, key) WHERE state IN ('waiting', 'running');

COMMENT ON COLUMN tasks.kind IS 'Which handler does it (service.work.kinds)';

COMMENT ON COLUMN tasks.key IS 'Of tasks of a kind with one key, only one waits or runs';

COMMENT ON COLUMN tasks.day IS 'Of a daily pass: one for each organisation, kind and day';

COMMENT ON COLUMN tasks.state IS 'waiting, running, done or failed';

COMMENT ON COLUMN tasks.due_at IS 'While it runs: when it is given up for lost';

COMMENT ON COLUMN tasks.again_at IS 'Asked for while it was running: when it is to run again';

COMMENT ON COLUMN tasks.holder IS 'Which crew of which process runs it';

CREATE TABLE customers (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    outlet_id UUID NOT NULL,
    name TEXT NOT NULL,
    phone TEXT,
    language TEXT DEFAULT 'zh' NOT NULL,
    note TEXT,
    version BIGINT DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    review_on DATE DEFAULT (CURRENT_DATE + 30) NOT NULL,
    erased_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT customers_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT customers_org_id_outlet_id_fkey FOREIGN KEY(org_id, outlet_id) REFERENCES outlets (org_id, id)
);

CREATE INDEX customers_org_id_outlet_id_id_index ON customers (org_id, outlet_id, id);

CREATE INDEX customers_org_id_review_on_index ON customers (org_id, review_on) WHERE erased_at IS NULL;

COMMENT ON COLUMN customers.review_on IS 'As of evidence';

COMMENT ON COLUMN customers.erased_at IS 'When the time of the last record was over (R14)';

CREATE TABLE improvements (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    kpi TEXT NOT NULL,
    outlet_id UUID,
    first_day DATE NOT NULL,
    last_day DATE NOT NULL,
    title TEXT NOT NULL,
    cause TEXT,
    action TEXT NOT NULL,
    owner_id UUID NOT NULL,
    due_on DATE NOT NULL,
    state TEXT NOT NULL,
    before_snapshot_id UUID,
    after_first_day DATE,
    after_last_day DATE,
    after_snapshot_id UUID,
    conclusion TEXT,
    opened_by UUID NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    before JSONB NOT NULL,
    after JSONB,
    version BIGINT DEFAULT 1 NOT NULL,
    CONSTRAINT improvements_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT improvements_org_id_owner_id_fkey FOREIGN KEY(org_id, owner_id) REFERENCES members (org_id, id),
    CONSTRAINT improvements_org_id_outlet_id_fkey FOREIGN KEY(org_id, outlet_id) REFERENCES outlets (org_id, id)
);

CREATE INDEX improvements_org_id_outlet_id_kpi_index ON improvements (org_id, outlet_id, kpi);

COMMENT ON COLUMN improvements.outlet_id IS 'Null: the whole organisation';

COMMENT ON COLUMN improvements.before IS 'The figure as it was taken';

CREATE TABLE jobs (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    number TEXT NOT NULL,
    outlet_id UUID NOT NULL,
    customer_id UUID,
    site_id UUID,
    asset_id UUID,
    work_type TEXT NOT NULL,
    priority TEXT NOT NULL,
    status TEXT NOT NULL,
    technician_ids UUID[] NOT NULL,
    planned_start TIMESTAMP WITH TIME ZONE,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    open_cases INTEGER NOT NULL,
    version BIGINT NOT NULL,
    memory BYTEA NOT NULL,
    chain BYTEA NOT NULL,
    refund_due_fen BIGINT,
    refund_fell_due_at TIMESTAMP WITH TIME ZONE,
    refund_in_time_until DATE,
    refund_lawful_until DATE,
    refund_calendar_known BOOLEAN,
    CONSTRAINT jobs_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT jobs_org_id_outlet_id_fkey FOREIGN KEY(org_id, outlet_id) REFERENCES outlets (org_id, id)
);

CREATE INDEX jobs_org_id_asset_id_index ON jobs (org_id, asset_id);

CREATE INDEX jobs_org_id_customer_id_index ON jobs (org_id, customer_id);

CREATE INDEX jobs_org_id_outlet_id_opened_at_id_index ON jobs (org_id, outlet_id, opened_at, id);

CREATE INDEX jobs_org_id_outlet_id_status_id_index ON jobs (org_id, outlet_id, status, id);

CREATE INDEX jobs_org_id_refund_in_time_until_id_index ON jobs (org_id, refund_in_time_until, id) WHERE refund_in_time_until IS NOT NULL;

COMMENT ON COLUMN jobs.number IS 'What people say on the phone';

COMMENT ON COLUMN jobs.planned_start IS 'Of the next live visit';

COMMENT ON COLUMN jobs.version IS 'As apps see it: number of facts in the log, and life';

COMMENT ON COLUMN jobs.memory IS 'What the fold needs to go on from the document';

COMMENT ON COLUMN jobs.chain IS 'The chain value of the newest fact';

COMMENT ON COLUMN jobs.refund_due_fen IS 'Still to go back; null when nothing is';

COMMENT ON COLUMN jobs.refund_in_time_until IS 'The last of five working days';

COMMENT ON COLUMN jobs.refund_lawful_until IS 'The last of fifteen days';

COMMENT ON COLUMN jobs.refund_calendar_known IS 'False: holidays not yet announced may move the days';

CREATE TABLE certificates (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    member_id UUID NOT NULL,
    kind TEXT NOT NULL,
    number TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_until DATE NOT NULL,
    review_due_on DATE,
    version BIGINT DEFAULT 1 NOT NULL,
    CONSTRAINT certificates_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT certificates_org_id_member_id_kind_number_key UNIQUE (org_id, member_id, kind, number),
    CONSTRAINT certificates_org_id_member_id_fkey FOREIGN KEY(org_id, member_id) REFERENCES members (org_id, id)
);

COMMENT ON COLUMN certificates.kind IS 'refrigeration, height, electrician, gas, welding, chemicals';

COMMENT ON COLUMN certificates.valid_until IS 'Inclusive';

COMMENT ON COLUMN certificates.review_due_on IS 'Inclusive; a review overdue makes the certificate invalid';

CREATE TABLE absences (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    member_id UUID NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    reason TEXT NOT NULL,
    version BIGINT DEFAULT 1 NOT NULL,
    CONSTRAINT absences_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT absences_org_id_member_id_fkey FOREIGN KEY(org_id, member_id) REFERENCES members (org_id, id)
);

CREATE INDEX absences_org_id_member_id_starts_at_index ON absences (org_id, member_id, starts_at);

CREATE TABLE member_photos (
    org_id UUID NOT NULL,
    member_id UUID NOT NULL,
    picture BYTEA NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT member_photos_pkey PRIMARY KEY (org_id, member_id),
    CONSTRAINT member_photos_org_id_member_id_fkey FOREIGN KEY(org_id, member_id) REFERENCES members (org_id, id)
);

COMMENT ON COLUMN member_photos.picture IS 'A small JPEG, drawn anew from what was sent';

CREATE TABLE devices (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    member_id UUID NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    platform TEXT,
    app_version TEXT,
    public_key TEXT,
    authority_version BIGINT DEFAULT 1 NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    clock_offset_ms BIGINT,
    last_seen_at TIMESTAMP WITH TIME ZONE,
    suspected_at TIMESTAMP WITH TIME ZONE,
    suspected_why TEXT,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT devices_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT devices_org_id_member_id_fkey FOREIGN KEY(org_id, member_id) REFERENCES members (org_id, id)
);

CREATE INDEX devices_org_id_member_id_index ON devices (org_id, member_id);

COMMENT ON COLUMN devices.kind IS 'phone or desk';

COMMENT ON COLUMN devices.platform IS 'android, ios, … as the phone names it; null for a desk';

COMMENT ON COLUMN devices.public_key IS 'The phone''s own key, PEM, when it made one';

COMMENT ON COLUMN devices.authority_version IS 'Raised to revoke';

COMMENT ON COLUMN devices.clock_offset_ms IS 'Device clock minus server clock at the last exchange';

COMMENT ON COLUMN devices.suspected_at IS 'When it looked like a clone, or like a phone set back';

COMMENT ON COLUMN devices.suspected_why IS 'fact_id_reused or seq_reused; null again once a person knows why';

CREATE TABLE enrolment_codes (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    member_id UUID NOT NULL,
    code_digest BYTEA NOT NULL,
    created_by UUID NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    device_id UUID,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT enrolment_codes_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT enrolment_codes_org_id_code_digest_key UNIQUE (org_id, code_digest),
    CONSTRAINT enrolment_codes_org_id_member_id_fkey FOREIGN KEY(org_id, member_id) REFERENCES members (org_id, id)
);

CREATE TABLE snapshot_items (
    org_id UUID NOT NULL,
    snapshot_id UUID NOT NULL,
    number BIGINT NOT NULL,
    kpi TEXT NOT NULL,
    job_id UUID NOT NULL,
    place SMALLINT NOT NULL,
    visit_id UUID,
    grouped TEXT,
    starts_on DATE,
    day DATE NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
    numerator BIGINT NOT NULL,
    denominator BIGINT NOT NULL,
    excluded TEXT,
    low_graded BOOLEAN NOT NULL,
    seconds BIGINT,
    facts BIGINT NOT NULL,
    CONSTRAINT snapshot_items_pkey PRIMARY KEY (org_id, snapshot_id, number),
    CONSTRAINT snapshot_items_org_id_snapshot_id_fkey FOREIGN KEY(org_id, snapshot_id) REFERENCES snapshots (org_id, id) DEFERRABLE INITIALLY DEFERRED
);

COMMENT ON COLUMN snapshot_items.facts IS 'How many facts the job''s log had';

CREATE TABLE stock_operations (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    part_code TEXT NOT NULL,
    quantity_thousandths BIGINT NOT NULL,
    from_location_id UUID,
    to_location_id UUID,
    serial_number TEXT,
    batch TEXT,
    reason TEXT,
    use_id UUID,
    member_id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT stock_operations_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT stock_operations_org_id_member_id_fkey FOREIGN KEY(org_id, member_id) REFERENCES members (org_id, id)
);

CREATE INDEX stock_operations_org_id_at_id_index ON stock_operations (org_id, at, id);

CREATE INDEX stock_operations_org_id_from_location_id_part_code_index ON stock_operations (org_id, from_location_id, part_code);

CREATE INDEX stock_operations_org_id_part_code_serial_number_index ON stock_operations (org_id, part_code, serial_number);

CREATE INDEX stock_operations_org_id_to_location_id_part_code_index ON stock_operations (org_id, to_location_id, part_code);

CREATE INDEX stock_operations_org_id_use_id_index ON stock_operations (org_id, use_id) WHERE use_id IS NOT NULL;

COMMENT ON COLUMN stock_operations.kind IS 'received, issued, returned, counted, scrapped, old_part_returned';

COMMENT ON COLUMN stock_operations.quantity_thousandths IS 'Below zero in a count that found less';

COMMENT ON COLUMN stock_operations.from_location_id IS 'An outlet''s id for its depot, a member''s for their van';

COMMENT ON COLUMN stock_operations.use_id IS 'Of an old part handed in: the use that took it out';

COMMENT ON COLUMN stock_operations.at IS 'The server''s clock';

CREATE TABLE deliveries (
    org_id UUID NOT NULL,
    webhook_id UUID NOT NULL,
    position BIGINT NOT NULL,
    event_id UUID NOT NULL,
    job_id UUID,
    state TEXT DEFAULT 'waiting' NOT NULL,
    attempts INTEGER DEFAULT 0 NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    tried_at TIMESTAMP WITH TIME ZONE,
    status INTEGER,
    error TEXT,
    milliseconds INTEGER,
    CONSTRAINT deliveries_pkey PRIMARY KEY (org_id, webhook_id, position),
    CONSTRAINT deliveries_org_id_webhook_id_fkey FOREIGN KEY(org_id, webhook_id) REFERENCES webhooks (org_id, id) ON DELETE CASCADE,
    CONSTRAINT deliveries_org_id_event_id_fkey FOREIGN KEY(org_id, event_id) REFERENCES events (org_id, id) ON DELETE CASCADE
);

CREATE INDEX deliveries_org_id_event_id_index ON deliveries (org_id, event_id);

CREATE INDEX deliveries_org_id_webhook_id_job_id_position_index ON deliveries (org_id, webhook_id, job_id, position) WHERE state = 'waiting';

COMMENT ON COLUMN deliveries.position IS 'Of the event';

COMMENT ON COLUMN deliveries.job_id IS 'Of several with one, only the first that waits is sent';

COMMENT ON COLUMN deliveries.state IS 'waiting, delivered or failed';

COMMENT ON COLUMN deliveries.status IS 'Of the last answer, null when there was none';

COMMENT ON COLUMN deliveries.error IS 'Why the last attempt failed, as a code';

CREATE TABLE customer_links (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    job_id UUID NOT NULL,
    created_by UUID NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT customer_links_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT customer_links_org_id_job_id_fkey FOREIGN KEY(org_id, job_id) REFERENCES jobs (org_id, id)
);

CREATE INDEX customer_links_org_id_job_id_index ON customer_links (org_id, job_id);

COMMENT ON COLUMN customer_links.opened_at IS 'When it was first opened';

CREATE TABLE sites (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    customer_id UUID NOT NULL,
    address TEXT NOT NULL,
    latitude DOUBLE PRECISION,
    longitude DOUBLE PRECISION,
    coordinate_system TEXT,
    time_zone TEXT NOT NULL,
    distance_km INTEGER,
    access_note TEXT,
    version BIGINT DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT sites_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT sites_org_id_customer_id_fkey FOREIGN KEY(org_id, customer_id) REFERENCES customers (org_id, id)
);

CREATE INDEX sites_org_id_customer_id_index ON sites (org_id, customer_id);

COMMENT ON COLUMN sites.distance_km IS 'One way from the outlet, rounded up';

CREATE TABLE evidence (
    org_id UUID NOT NULL,
    job_id UUID NOT NULL,
    fact_id UUID NOT NULL,
    digest BYTEA NOT NULL,
    visit_id UUID,
    kind TEXT NOT NULL,
    purpose TEXT NOT NULL,
    member_id UUID NOT NULL,
    named_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE,
    taken_back BOOLEAN DEFAULT false NOT NULL,
    review_on DATE NOT NULL,
    erased_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT evidence_pkey PRIMARY KEY (org_id, job_id, fact_id, digest),
    CONSTRAINT evidence_org_id_job_id_fkey FOREIGN KEY(org_id, job_id) REFERENCES jobs (org_id, id)
);

CREATE INDEX evidence_org_id_digest_index ON evidence (org_id, digest);

CREATE INDEX evidence_org_id_due_at_fact_id_digest_index ON evidence (org_id, due_at, fact_id, digest) WHERE received_at IS NULL AND NOT taken_back AND erased_at IS NULL;

CREATE INDEX evidence_org_id_review_on_job_id_index ON evidence (org_id, review_on, job_id) WHERE erased_at IS NULL;

COMMENT ON COLUMN evidence.digest IS 'SHA-256 of the bytes that the fact names';

COMMENT ON COLUMN evidence.kind IS 'Of the fact';

COMMENT ON COLUMN evidence.named_at IS 'When the fact was recorded';

COMMENT ON COLUMN evidence.received_at IS 'Null while its bytes are missing, or damaged';

COMMENT ON COLUMN evidence.taken_back IS 'The fact was retracted';

COMMENT ON COLUMN evidence.review_on IS 'When to ask next whether its time is over (R14)';

COMMENT ON COLUMN evidence.erased_at IS 'When its time was over: its bytes are kept no longer';

CREATE TABLE attachment_jobs (
    org_id UUID NOT NULL,
    job_id UUID NOT NULL,
    digest BYTEA NOT NULL,
    purpose TEXT,
    member_id UUID NOT NULL,
    device_id UUID NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT attachment_jobs_pkey PRIMARY KEY (org_id, job_id, digest),
    CONSTRAINT attachment_jobs_org_id_job_id_fkey FOREIGN KEY(org_id, job_id) REFERENCES jobs (org_id, id),
    CONSTRAINT attachment_jobs_org_id_digest_fkey FOREIGN KEY(org_id, digest) REFERENCES attachments (org_id, digest)
);

CREATE INDEX attachment_jobs_org_id_digest_index ON attachment_jobs (org_id, digest);

COMMENT ON TABLE attachment_jobs IS 'For which jobs the bytes were sent: who may see one of them may see the bytes';

CREATE TABLE uploads (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    job_id UUID NOT NULL,
    member_id UUID NOT NULL,
    device_id UUID NOT NULL,
    digest BYTEA NOT NULL,
    size_bytes BIGINT NOT NULL,
    offset_bytes BIGINT DEFAULT 0 NOT NULL,
    purpose TEXT,
    media_type TEXT,
    metadata TEXT NOT NULL,
    turn BIGINT DEFAULT 0 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT uploads_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT uploads_org_id_job_id_fkey FOREIGN KEY(org_id, job_id) REFERENCES jobs (org_id, id)
);

CREATE INDEX uploads_org_id_expires_at_index ON uploads (org_id, expires_at);

CREATE INDEX uploads_org_id_member_id_index ON uploads (org_id, member_id) WHERE finished_at IS NULL;

COMMENT ON COLUMN uploads.offset_bytes IS 'So much is on the disk';

COMMENT ON COLUMN uploads.media_type IS 'As its sender says';

COMMENT ON COLUMN uploads.metadata IS 'Upload-Metadata as it was sent';

COMMENT ON COLUMN uploads.turn IS 'Which request writes';

CREATE TABLE facts (
    org_id UUID NOT NULL,
    job_id UUID NOT NULL,
    log_number BIGINT NOT NULL,
    id UUID NOT NULL,
    visit_id UUID,
    kind TEXT NOT NULL,
    author_id UUID NOT NULL,
    author_role TEXT NOT NULL,
    device_id UUID NOT NULL,
    seq BIGINT,
    base_version BIGINT NOT NULL,
    push_start BIGINT NOT NULL,
    happened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    corrected_at TIMESTAMP WITH TIME ZONE NOT NULL,
    time_grade TEXT NOT NULL,
    record BYTEA NOT NULL,
    holds_position BOOLEAN NOT NULL,
    digest BYTEA NOT NULL,
    chain BYTEA NOT NULL,
    outcome BYTEA NOT NULL,
    schema INTEGER DEFAULT 1 NOT NULL,
    life INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT facts_pkey PRIMARY KEY (org_id, job_id, log_number),
    CONSTRAINT facts_org_id_id_key UNIQUE (org_id, id),
    CONSTRAINT facts_org_id_job_id_fkey FOREIGN KEY(org_id, job_id) REFERENCES jobs (org_id, id)
);

CREATE INDEX facts_org_id_corrected_at_index ON facts (org_id, corrected_at) WHERE holds_position;

CREATE INDEX facts_org_id_device_id_seq_index ON facts (org_id, device_id, seq);

COMMENT ON COLUMN facts.log_number IS 'Its place in the job''s log, from 1, no gaps';

COMMENT ON COLUMN facts.seq IS 'The device''s own counter; null for a fact made on the server';

COMMENT ON COLUMN facts.base_version IS 'How much of this log its author had seen';

COMMENT ON COLUMN facts.push_start IS 'The log number of the first fact of its push';

COMMENT ON COLUMN facts.happened_at IS 'The device''s clock';

COMMENT ON COLUMN facts.recorded_at IS 'The server''s clock';

COMMENT ON COLUMN facts.record IS 'The fact''s JSON, byte for byte as its author sent it';

COMMENT ON COLUMN facts.holds_position IS 'An exact position, which is erased after a time (R14)';

COMMENT ON COLUMN facts.digest IS 'SHA-256 of the canonical record, as it was sent';

COMMENT ON COLUMN facts.chain IS 'SHA-256 of the previous chain value and this digest';

COMMENT ON COLUMN facts.outcome IS 'The answer its author was given, byte for byte';

COMMENT ON COLUMN facts.schema IS 'The contract it was written by';

COMMENT ON COLUMN facts.life IS 'Of the data, when it was recorded';

CREATE TABLE asset_visits (
    org_id UUID NOT NULL,
    job_id UUID NOT NULL,
    visit_id UUID NOT NULL,
    asset_id UUID NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE NOT NULL,
    body BYTEA NOT NULL,
    CONSTRAINT asset_visits_pkey PRIMARY KEY (org_id, job_id, visit_id),
    CONSTRAINT asset_visits_org_id_job_id_fkey FOREIGN KEY(org_id, job_id) REFERENCES jobs (org_id, id)
);

CREATE INDEX asset_visits_org_id_asset_id_ended_at_index ON asset_visits (org_id, asset_id, ended_at);

COMMENT ON COLUMN asset_visits.body IS 'The visit as phones hold it (domain.repair_record.history)';

CREATE TABLE bookings (
    org_id UUID NOT NULL,
    visit_id UUID NOT NULL,
    job_id UUID NOT NULL,
    technician_id UUID NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT bookings_pkey PRIMARY KEY (org_id, job_id, visit_id),
    CONSTRAINT bookings_org_id_job_id_fkey FOREIGN KEY(org_id, job_id) REFERENCES jobs (org_id, id)
);

CREATE INDEX bookings_org_id_technician_id_starts_at_index ON bookings (org_id, technician_id, starts_at);

CREATE TABLE measures (
    org_id UUID NOT NULL,
    job_id UUID NOT NULL,
    place INTEGER NOT NULL,
    visit_id UUID,
    outlet_id UUID NOT NULL,
    technician_id UUID,
    product_code TEXT,
    fault_group TEXT,
    work_type TEXT NOT NULL,
    priority TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    asset_id UUID,
    reported_at TIMESTAMP WITH TIME ZONE,
    repeat_of TEXT NOT NULL,
    completed_at TIMESTAMP WITH TIME ZONE,
    watched_until TIMESTAMP WITH TIME ZONE,
    first_day DATE,
    last_day DATE,
    kpis TEXT[] NOT NULL,
    days DATE[] NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE[] NOT NULL,
    numerators BIGINT[] NOT NULL,
    denominators BIGINT[] NOT NULL,
    excluded TEXT[] NOT NULL,
    low_graded BOOLEAN[] NOT NULL,
    seconds BIGINT[] NOT NULL,
    CONSTRAINT measures_pkey PRIMARY KEY (org_id, job_id, place),
    CONSTRAINT measures_org_id_job_id_fkey FOREIGN KEY(org_id, job_id) REFERENCES jobs (org_id, id)
)
 WITH (fillfactor = 80);

CREATE INDEX measures_org_id_asset_id_reported_at_index ON measures (org_id, asset_id, reported_at) WHERE asset_id IS NOT NULL;

CREATE INDEX measures_org_id_outlet_id_last_day_first_day_index ON measures (org_id, outlet_id, last_day, first_day);

COMMENT ON COLUMN measures.place IS '0 is the job itself, then its visits';

COMMENT ON COLUMN measures.asset_id IS 'Of a repair order: by it a repeated repair is found';

COMMENT ON COLUMN measures.repeat_of IS 'request, user_damage or none: what it is to an earlier repair';

COMMENT ON COLUMN measures.completed_at IS 'Of a solved repair order';

COMMENT ON COLUMN measures.watched_until IS 'Until here a new request is a repeat';

COMMENT ON COLUMN measures.first_day IS 'The first and last of its days; null where it counts for none';

COMMENT ON COLUMN measures.days IS 'In site time: the period that it belongs to';

COMMENT ON COLUMN measures.decided_at IS 'Until then it is pending';

COMMENT ON COLUMN measures.seconds IS 'The interval behind it';

CREATE TABLE money_references (
    org_id UUID NOT NULL,
    job_id UUID NOT NULL,
    kind TEXT NOT NULL,
    number TEXT NOT NULL,
    outlet_id UUID,
    fact_id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT money_references_pkey PRIMARY KEY (org_id, job_id, kind, number),
    CONSTRAINT money_references_org_id_job_id_fkey FOREIGN KEY(org_id, job_id) REFERENCES jobs (org_id, id)
);

CREATE INDEX money_references_org_id_kind_number_index ON money_references (org_id, kind, number);

COMMENT ON COLUMN money_references.kind IS 'receipt, invoice, payment or refund';

CREATE TABLE consents (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    customer_id UUID,
    member_id UUID,
    kind TEXT NOT NULL,
    given BOOLEAN NOT NULL,
    said_at TIMESTAMP WITH TIME ZONE NOT NULL,
    channel TEXT NOT NULL,
    notice TEXT NOT NULL,
    recorded_by UUID NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT consents_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT consents_org_id_customer_id_fkey FOREIGN KEY(org_id, customer_id) REFERENCES customers (org_id, id),
    CONSTRAINT consents_org_id_member_id_fkey FOREIGN KEY(org_id, member_id) REFERENCES members (org_id, id)
);

CREATE INDEX consents_org_id_customer_id_kind_said_at_index ON consents (org_id, customer_id, kind, said_at);

CREATE INDEX consents_org_id_member_id_kind_said_at_index ON consents (org_id, member_id, kind, said_at);

COMMENT ON TABLE consents IS 'Added to, and never changed; what was said last stands';

COMMENT ON COLUMN consents.kind IS 'domain.people.consent.ConsentKind';

COMMENT ON COLUMN consents.given IS 'False takes back what was given before';

COMMENT ON COLUMN consents.notice IS 'Which text was agreed to';

CREATE TABLE service_reports (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    job_id UUID NOT NULL,
    visit_id UUID NOT NULL,
    job_version BIGINT NOT NULL,
    language TEXT NOT NULL,
    code TEXT NOT NULL,
    content BYTEA NOT NULL,
    made_by UUID NOT NULL,
    paper BYTEA,
    task_id UUID,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT service_reports_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT service_reports_org_id_job_id_code_key UNIQUE (org_id, job_id, code),
    CONSTRAINT service_reports_org_id_job_id_fkey FOREIGN KEY(org_id, job_id) REFERENCES jobs (org_id, id)
);

COMMENT ON COLUMN service_reports.job_version IS 'When it was frozen';

COMMENT ON COLUMN service_reports.code IS 'What the paper bears: 80 bits of the content''s digest';

COMMENT ON COLUMN service_reports.content IS 'The frozen visit, canonical JSON';

COMMENT ON COLUMN service_reports.paper IS 'The PDF, once it is set';

COMMENT ON COLUMN service_reports.task_id IS 'Which task sets it';

CREATE TABLE refresh_tokens (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    device_id UUID NOT NULL,
    token_digest BYTEA NOT NULL,
    successor_id UUID,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    retired_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT refresh_tokens_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT refresh_tokens_org_id_token_digest_key UNIQUE (org_id, token_digest),
    CONSTRAINT refresh_tokens_org_id_device_id_fkey FOREIGN KEY(org_id, device_id) REFERENCES devices (org_id, id)
);

CREATE INDEX refresh_tokens_org_id_device_id_index ON refresh_tokens (org_id, device_id);

COMMENT ON COLUMN refresh_tokens.successor_id IS 'Issued when this one was used; its first use retires this one';

CREATE TABLE stock_uses (
    org_id UUID NOT NULL,
    fact_id UUID NOT NULL,
    job_id UUID NOT NULL,
    visit_id UUID NOT NULL,
    technician_id UUID NOT NULL,
    outlet_id UUID,
    location_id UUID,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    part_code TEXT NOT NULL,
    quantity_thousandths BIGINT NOT NULL,
    source TEXT NOT NULL,
    serial_number TEXT,
    batch TEXT,
    serial_out TEXT,
    old_part TEXT NOT NULL,
    replaces BOOLEAN NOT NULL,
    CONSTRAINT stock_uses_pkey PRIMARY KEY (org_id, fact_id),
    CONSTRAINT stock_uses_org_id_job_id_fkey FOREIGN KEY(org_id, job_id) REFERENCES jobs (org_id, id)
);

CREATE INDEX stock_uses_org_id_at_fact_id_index ON stock_uses (org_id, at, fact_id);

CREATE INDEX stock_uses_org_id_job_id_index ON stock_uses (org_id, job_id);

CREATE INDEX stock_uses_org_id_location_id_part_code_index ON stock_uses (org_id, location_id, part_code);

CREATE INDEX stock_uses_org_id_part_code_serial_number_index ON stock_uses (org_id, part_code, serial_number);

CREATE INDEX stock_uses_unsettled_index ON stock_uses (org_id, at, fact_id) WHERE replaces AND old_part IN ('none', 'returned');

COMMENT ON COLUMN stock_uses.location_id IS 'Null where it came from no stock of ours';

COMMENT ON COLUMN stock_uses.source IS 'van, depot, purchased or customer';

COMMENT ON COLUMN stock_uses.serial_out IS 'Of the part that was taken out';

COMMENT ON COLUMN stock_uses.old_part IS 'What became of the part that was taken out';

COMMENT ON COLUMN stock_uses.replaces IS 'Whether a part was taken out';

CREATE TABLE purges (
    org_id UUID NOT NULL,
    device_id UUID NOT NULL,
    document_id UUID NOT NULL,
    withdrawn_at TIMESTAMP WITH TIME ZONE NOT NULL,
    purged_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT purges_pkey PRIMARY KEY (org_id, device_id, document_id),
    CONSTRAINT purges_org_id_device_id_fkey FOREIGN KEY(org_id, device_id) REFERENCES devices (org_id, id)
);

COMMENT ON COLUMN purges.withdrawn_at IS 'Which withdrawal this answers: changed_at of the audience row. A later one is still to be answered';

COMMENT ON COLUMN purges.purged_at IS 'When the device said that it let go of it';

CREATE TABLE refused_numbers (
    org_id UUID NOT NULL,
    device_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    fact_id UUID NOT NULL,
    CONSTRAINT refused_numbers_pkey PRIMARY KEY (org_id, device_id, seq),
    CONSTRAINT refused_numbers_org_id_device_id_fkey FOREIGN KEY(org_id, device_id) REFERENCES devices (org_id, id)
);

COMMENT ON COLUMN refused_numbers.seq IS 'The device''s own counter';

COMMENT ON COLUMN refused_numbers.fact_id IS 'The strict fact that bore it; nothing else of it was kept';

CREATE TABLE repairs (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    device_id UUID NOT NULL,
    member_id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    differing UUID[] NOT NULL,
    missing UUID[] NOT NULL,
    extra UUID[] NOT NULL,
    CONSTRAINT repairs_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT repairs_org_id_device_id_fkey FOREIGN KEY(org_id, device_id) REFERENCES devices (org_id, id)
);

CREATE INDEX repairs_org_id_at_id_index ON repairs (org_id, at, id);

CREATE INDEX repairs_org_id_device_id_at_index ON repairs (org_id, device_id, at);

COMMENT ON COLUMN repairs.differing IS 'Documents that the device held with another content';

COMMENT ON COLUMN repairs.missing IS 'Documents that it should have held';

COMMENT ON COLUMN repairs.extra IS 'Documents that it should not have held';

CREATE TABLE assets (
    org_id UUID NOT NULL,
    id UUID NOT NULL,
    site_id UUID NOT NULL,
    product_code TEXT NOT NULL,
    serial_number TEXT,
    invoiced_on DATE,
    installed_on DATE,
    exchanged_on DATE,
    note TEXT,
    version BIGINT DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT assets_pkey PRIMARY KEY (org_id, id),
    CONSTRAINT assets_org_id_site_id_fkey FOREIGN KEY(org_id, site_id) REFERENCES sites (org_id, id)
);

CREATE INDEX assets_org_id_site_id_index ON assets (org_id, site_id);

COMMENT ON COLUMN assets.exchanged_on IS 'When these goods were given in exchange for others';
