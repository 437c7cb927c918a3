// The record of a visit as its document will show it, from what the phone holds. Held to the cases by run.mjs.
const ALWAYS = ['times', 'technician', 'sign_off', 'warranty_decision', 'fee']
const WORKED = ['measure', 'parts', 'test_result', ...ALWAYS]
const REPAIRED = ['reported_fault', 'found_fault', 'cause', ...WORKED]
const FIELDS_BY_WORK = {
  repair: REPAIRED, return_check: REPAIRED, complaint_visit: REPAIRED,
  install: WORKED, maintain: WORKED, clean: WORKED, inspect: WORKED, remove: WORKED,
  guide: ['times', 'technician', 'sign_off', 'fee'],
}
const FREE = ['covered_whole', 'covered_main_part', 'covered_repair_guarantee', 'goodwill']

const IS_TOLD = {
  reported_fault: (job) => Boolean(job.details.symptom || job.details.symptom_code),
  found_fault: (job, visit) => visit.diagnosis != null || visit.repair?.symptom_code != null,
  cause: (job, visit) => visit.repair != null,
  measure: (job, visit) => visit.repair != null,
  parts: (job, visit, asked) =>
    visit.parts.some((part) => part.quantity_thousandths > 0) ||
    (visit.repair != null && !visit.repair.measure_codes.some((code) => asked.part_measures.includes(code))),
  test_result: (job, visit) => visit.test_result != null,
  times: (job, visit) => {
    const worked = visit.work.length > 0 && visit.work.every((span) => span.ended_at != null)
    return visit.arrived_at != null && (worked || (job.work_type === 'guide' && visit.ended_at != null))
  },
  technician: (job, visit) => visit.checked_in,
  sign_off: (job, visit) => visit.signed_off,
  warranty_decision: (job) => job.warranty !== 'unknown',
  fee: (job, visit) => {
    if (visit.bills > 0) return true
    const told = visit.disclosure_totals_fen
    return told.length > 0 ? told.at(-1) === 0 : FREE.includes(job.warranty) || visit.make_safe
  },
}

function isWithin(reading, number) {
  if (number !== undefined && reading.unit !== number.unit) return true
  const { low_thousandths: low, high_thousandths: high } = number ?? reading
  return (low == null || reading.value_thousandths >= low) && (high == null || reading.value_thousandths <= high)
}

function verdict(list, code, { passed, checks, readings, photos }) {
  const check = checks.get(code)
  if (check?.result === 'not_applicable') return check.reason ? 'not_applicable' : 'unanswered'
  if (check?.result === 'fail') return 'failed'
  const number = list.numbers.find((each) => each.code === code)
  if (number !== undefined) {
    const reading = readings.get(code)
    if (reading?.unit !== number.unit) return 'unanswered'
    return isWithin(reading, number) ? 'passed' : 'failed'
  }
  const choice = list.choices.find((each) => each.code === code)
  let answered = check !== undefined || passed.has(code)
  if (choice !== undefined) answered = check !== undefined && choice.choices.includes(check.choice)
  else if (list.photos.includes(code)) answered = photos.has(code)
  return answered ? 'passed' : 'unanswered'
}

function itemsOf(lists, answers) {
  const items = new Map()
  const isSafety = (list) => list.purpose === 'safety_after_repair'
  for (const list of [...lists.filter((each) => !isSafety(each)), ...lists.filter(isSafety)]) {
    for (const code of [...list.mandatory, ...list.optional]) {
      const mandatory = list.mandatory.includes(code) || Boolean(items.get(code)?.mandatory)
      items.set(code, { code, purpose: list.purpose, mandatory, verdict: verdict(list, code, answers) })
    }
  }
  return [...items.values()]
}

export function record(job, visit, asked) {
  const repair = visit.repair ?? { passed: [], checks: [], readings: [] }
  const said = [...repair.checks, ...visit.last_checks]
  const attached = job.attachments.filter((file) => file.of_this_visit).map((file) => file.purpose)
  const answers = {
    passed: new Set([...repair.passed, ...visit.last_passed]),
    checks: new Map(said.map((check) => [check.code, check])),
    readings: new Map(repair.readings.map((reading) => [reading.code, reading])),
    photos: new Set([...attached, ...said.filter((check) => check.photo_digests.length > 0).map((check) => check.code)]),
  }
  const items = itemsOf(asked.checklists, answers)
  const having = (wanted) => items.filter((item) => item.verdict === wanted).map((item) => item.code)
  const unanswered = items.filter((item) => item.mandatory && item.verdict === 'unanswered')
  const isOpen = (item) => item.mandatory && (item.verdict === 'failed' || item.verdict === 'unanswered')
  const safety = items.filter((item) => item.purpose === 'safety_after_repair')
  const fields = asked.record.length > 0 ? asked.record : FIELDS_BY_WORK[job.work_type]
  const missingFields = fields.filter((field) => !IS_TOLD[field](job, visit, asked))
  const missingItems = unanswered.filter((item) => item.purpose !== 'door_routine').map((item) => item.code)
  const numbers = new Map(asked.checklists.flatMap((list) => list.numbers).map((each) => [each.code, each]))
  const readings = [...answers.readings.values()]
  return {
    complete: missingFields.length === 0 && missingItems.length === 0,
    missing_fields: missingFields,
    missing_items: missingItems,
    passed: having('passed').length,
    failed: having('failed'),
    not_applicable: having('not_applicable'),
    unanswered: unanswered.map((item) => item.code),
    norm_kept: items.some((item) => item.mandatory) ? !items.some(isOpen) : null,
    out_of_limits: readings.filter((each) => !isWithin(each, numbers.get(each.code))).map((each) => each.code),
    safety: safety.length === 0 ? 'not_asked' : safety.some(isOpen) ? 'open' : 'passed',
  }
}
