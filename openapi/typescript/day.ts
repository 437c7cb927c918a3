/**
 * A desk opens a job and plans a visit; the technician's phone pulls it, records work, pushes it, and reads every answer.
 *
 *     onsite demo              in a first terminal
 *     npm start                in a second one; ONSITE_URL when the server is elsewhere
 *
 * Everything here is typed by the contract alone: `npm run check` fails as soon as the two disagree.
 */
import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./build/contract.js";

type Schemas = components["schemas"];
type Fact = Schemas["Fact"];
type Problem = Schemas["Problem"];

const baseUrl = process.env["ONSITE_URL"] ?? "http://127.0.0.1:8000";
const password = process.env["ONSITE_PASSWORD"] ?? "onsite-demo-2025";
const organisation = process.env["ONSITE_ORGANISATION"] ?? "anxin";

const desk = await signedInDesk("dispatch.hz01");
const technician = await memberCalled(desk, "HZ0107");
const phone = await enrolledPhone(desk, technician);
const { jobId, visitId } = await plannedVisit(desk, technician);
await recordTheDay();
await readAProblem();
await readTheLog();
await callTheJobOff();
console.log("The day is done.");

async function signedInDesk(login: string): Promise<Client<paths>> {
  const body = { organisation, login, password, device_name: "contract test" };
  const session = answered(await clientWith().POST("/v1/sessions", { body }));
  console.log(`signed in: ${session.member.name}`);
  return clientWith(session.access_token);
}

async function memberCalled(client: Client<paths>, login: string): Promise<Schemas["Member"]> {
  const page = answered(await client.GET("/v1/members", { params: { query: { role: "technician" } } }));
  const found = page.items.find((member) => member.login === login);
  assert(found, `${login} is not in the sample company`);
  return found;
}

async function enrolledPhone(client: Client<paths>, member: Schemas["Member"]): Promise<Client<paths>> {
  const code = answered(await client.POST("/v1/enrolment-codes", { body: { member_id: member.id } }));
  const body = {
    organisation,
    code: code.code,
    device_id: randomUUID(),
    device_name: "contract test",
    platform: "android",
    app_version: "1.0.0",
  };
  const session = answered(await clientWith().POST("/v1/enrolments", { body }));
  console.log(`enrolled: ${session.member.name}`);
  return clientWith(session.access_token);
}

async function plannedVisit(client: Client<paths>, member: Schemas["Member"]) {
  const [outlet_id] = member.outlet_ids;
  assert(outlet_id);
  const opened = answered(await client.POST("/v1/jobs", { body: { outlet_id, work_type: "repair", symptom: "不制冷" } }));
  const tomorrow = Date.now() + 24 * 3600_000;
  const [start, end] = [new Date(tomorrow).toISOString(), new Date(tomorrow + 3600_000).toISOString()];
  const change = answered(
    await client.POST("/v1/jobs/{job_id}/visits", {
      params: { path: { job_id: opened.id }, header: { "If-Match": `"${opened.version}"` } },
      body: { technician_id: member.id, window_start: start, window_end: end, work_start: start, work_end: end },
    }),
  );
  assert.equal(change.job.status, "scheduled");
  console.log(`planned: visit ${change.visit_id} of job ${opened.number}`);
  return { jobId: opened.id, visitId: change.visit_id };
}

async function recordTheDay(): Promise<void> {
  const pulled = answered(await phone.POST("/v1/sync/pull", { body: {} }));
  const job = pulled.jobs.find((each) => each.id === jobId);
  assert(job, "the phone did not get the job that was planned for it");
  const facts: Fact[] = [
    fact(1, job.version, { visit_accepted: {} }),
    fact(2, job.version, { departed: { position: null } }),
    fact(3, job.version, { note_added: { text: "先致电" } }),
    fact(4, job.version, { part_used: { part_code: "P-AC-011", unit_price_fen: 3500, source: "van" } }),
    // Money has been charged that nobody agreed to: the rules refuse it because the phone is online and asks.
    fact(5, job.version, { strict: true, charged: { lines: [], total_fen: 21500 } }),
  ];
  const first = answered(await phone.POST("/v1/sync/push", { body: { facts, cursor: pulled.cursor } }));
  for (const { index, outcome, answer } of first.outcomes) {
    console.log(`fact ${index + 1}: ${told(outcome)}`, ...answer.findings.map((finding) => finding.en));
  }
  const [accepted, , , , charged] = first.outcomes;
  assert.equal(accepted?.outcome, "recorded");
  assert.equal(charged?.outcome, "refused");
  assert(first.changes?.jobs.some((each) => each.id === jobId));

  const again = answered(await phone.POST("/v1/sync/push", { body: { facts: facts.slice(0, 3) } }));
  assert.deepEqual(again.outcomes.map(({ outcome }) => outcome), ["duplicate", "duplicate", "duplicate"]);
  assert.deepEqual(again.outcomes[0]?.answer, accepted.answer);
}

async function readAProblem(): Promise<void> {
  const { data, error } = await desk.GET("/v1/jobs/{job_id}", { params: { path: { job_id: randomUUID() } } });
  assert.equal(data, undefined);
  assert(error);
  assert.equal(error.code, "not_found" satisfies Problem["code"]);
  assert.equal(error.retryable, false);
  console.log(`problem: ${error.code}, ${error.title}`);
}

async function readTheLog(): Promise<void> {
  const query = { params: { path: { job_id: jobId } } };
  const log = answered(await desk.GET("/v1/jobs/{job_id}/facts", query));
  const part = log.items.find((entry) => entry.kind === "part_used")?.record.part_used;
  // What a phone left out stays out in the log: a missing quantity is undefined, and the types say so.
  assert.equal(part?.quantity_thousandths, undefined);
  assert.equal(part?.unit_price_fen, 3500);
}

/** Leaves the technician free, so that the day can be played again. */
async function callTheJobOff(): Promise<void> {
  const body = { side: "customer", reason: "contract test" } as const;
  const job = answered(await desk.POST("/v1/jobs/{job_id}/cancellation", { params: { path: { job_id: jobId } }, body }));
  assert.equal(job.cancellation?.reason, "contract test");
}

/** Every outcome has its sentence; one that a later contract adds makes the check fail here. */
function told(outcome: Schemas["Outcome"]): string {
  switch (outcome) {
    case "recorded":
      return "recorded";
    case "recorded_with_findings":
      return "recorded, and a rule was broken";
    case "duplicate":
      return "was here before";
    case "refused":
      return "refused, nothing was recorded";
    case "quarantined":
      return "waits for a person";
    case "unreadable":
      return "could not be read, and is kept";
    default:
      // An older app meets a newer server.
      return `unknown to this app: ${outcome satisfies never}`;
  }
}

function fact(seq: number, base_version: number, body: Partial<Fact>): Fact {
  const happened_at = new Date().toISOString();
  return { id: timedId(), job_id: jobId, visit_id: visitId, seq, base_version, happened_at, ...body };
}

/** A UUIDv7: ids in the order of time, made without asking anybody. */
function timedId(): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function clientWith(accessToken?: string): Client<paths> {
  const headers: Record<string, string> = { "Accept-Language": "en" };
  if (accessToken) headers["Authorization"] = `Bearer ${accessToken}`;
  return createClient<paths>({ baseUrl, headers });
}

function answered<Answer>(got: { data?: Answer; error?: Problem; response: Response }): Answer {
  if (got.data === undefined) throw new Error(`${got.response.status}: ${JSON.stringify(got.error)}`);
  return got.data;
}
