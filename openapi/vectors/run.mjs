// node run.mjs [--phone ./my-phone.mjs] [--digests ./my-digests.mjs] [--only part-of-a-name]
// Holds an app's sync loop and digests to the cases. Without options: the two that lie here. Needs Node 20, no packages.
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { parseArgs, isDeepStrictEqual as same } from 'node:util'

const { values: asked } = parseArgs({ options: {
  phone: { type: 'string' }, digests: { type: 'string' }, only: { type: 'string', default: '' }, cases: { type: 'string' },
} })
const load = (path, own) => import(path ? pathToFileURL(path) : new URL(own, import.meta.url))
const { Phone } = await load(asked.phone, './phone.mjs')
const { canonical, digestOf, digestOfPairs, contentHash } = await load(asked.digests, './digests.mjs')

const CHECKS = { phone: phoneCase, digest: digestCase, content_hash: hashCase }
const failures = []
let played = 0
for (const stem of ['phones', 'digests', 'acknowledgements']) {
  const folder = asked.cases ? pathToFileURL(`${asked.cases}/`) : new URL('./', import.meta.url)
  const { kind, cases } = JSON.parse(readFileSync(new URL(`${stem}.json`, folder)))
  for (const each of cases.filter(({ name }) => `${stem}/${name}`.includes(asked.only))) {
    played += 1
    const found = await CHECKS[kind](each)
    if (found.length) failures.push(`FAILED ${stem}/${each.name}: ${each.law}\n  ${found.join('\n  ')}`)
  }
}
failures.forEach((each) => console.log(each))
console.log(`${played - failures.length} of ${played} cases passed`)
process.exitCode = failures.length ? 1 : 0

function digestCase(each) {
  if (!each.held) {
    return [...differ('canonical', each.canonical, canonical(each.document)), ...differ('sha256', each.sha256, digestOf(each.document))]
  }
  const pairs = each.held.map(({ id, canonical: text }) => [id, digestOf(JSON.parse(text))])
  return differ('scope', each.scope_sha256, digestOfPairs(pairs))
}

function hashCase(each) {
  return differ('content_hash', each.content_hash, contentHash(each.fees_disclosed))
}

// One phone through all steps; the server is the case's own script.
async function phoneCase(each) {
  const found = []
  let script = []
  const phone = new Phone(async (path, body) => {
    const next = script.shift()
    if (!next) {
      found.push(`asked more than expected: ${path} ${JSON.stringify(body)}`)
      throw new Error('no answer')
    }
    found.push(...requestDiffers(next.expects, path, body))
    if (next.expects.path !== path) throw new Error('another call')
    if (next.record) phone.record(next.record)
    if (next.answers === 'lost') throw new Error('lost')
    const { status, headers = {}, body: said } = structuredClone(next.answers)
    return { status, headers, body: said }
  }, structuredClone(each.phone))
  for (const step of each.steps) {
    if (step.do === 'record') {
      phone.record(step.record)
      continue
    }
    script = [...step.exchanges]
    await phone.sync(step.check_digest ?? false)
    found.push(...script.map(({ expects }) => `did not ask ${expects.path}`), ...stateDiffers(step.then, phone))
  }
  return found
}

function requestDiffers({ path: wanted, facts, purged, body: fields = {}, ...rest }, path, body) {
  const found = differ('path', wanted, path)
  if (facts) found.push(...differ('facts', facts, (body.facts ?? []).map(({ id }) => id)))
  if (purged) found.push(...differ('purged', purged, body.purged ?? []))
  for (const [name, value] of Object.entries({ ...fields, ...rest })) found.push(...differ(name, value, body[name] ?? null))
  return found
}

function stateDiffers(then, phone) {
  const ids = (entries) => entries.map(({ fact }) => fact.id)
  const seen = {
    outbox: ids(phone.outbox), acknowledged: ids(phone.acknowledged).sort(), shown: phone.shown, purged: phone.purged,
    documents: Object.fromEntries([...phone.documents.values()].map(({ id, version }) => [id, version])),
    cursor: phone.cursor, state: phone.state,
  }
  return Object.entries(then).flatMap(([name, value]) => name === 'wait_seconds_at_least'
    ? (phone.waitSeconds >= value ? [] : [`waits ${phone.waitSeconds} s, not ${value}`])
    : differ(name, value, seen[name]))
}

function differ(what, expected, found) {
  return same(expected, found) ? [] : [`${what}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`]
}
