// The sync loop of docs/sync.md, in JavaScript: what the cases of phones.json ask of an app.
// `post(path, body)` gives {status, headers, body}; body is undefined where it is no JSON. It throws when nothing came.
// On 401 `token_expired`, `token_revoked` and `token_malformed` it refreshes the session once and sends the same again, as
// docs/sign-in.md tells; any other 401 it gives, and these where the refresh fails.
import { digestOf, factDigest, scopeDigest } from './digests.mjs'

const FACTS_PER_PUSH = 200
const FACTS_PER_OFFER = 5000

class Stopped extends Error {}

// Every list of a page but `withdrawn`: a later server may send a kind that this app does not know.
const documentsOf = (page) =>
  Object.entries(page).flatMap(([name, value]) => (Array.isArray(value) && name !== 'withdrawn' ? value : []))

export class Phone {
  // Everything here survives a restart; whatever changes in one method changes in one transaction.
  constructor(post, kept = {}) {
    this.post = post
    this.deviceId = kept.device_id
    this.documents = new Map((kept.documents ?? []).map((each) => [each.id, each]))
    this.outbox = [...(kept.outbox ?? [])]
    this.acknowledged = [...(kept.acknowledged ?? [])]
    this.cursor = kept.cursor ?? null
    this.leaving = new Set()
    this.stale = new Set()
    this.purged = [...(kept.purged ?? [])]
    this.named = new Set(kept.named ?? [])
    this.mustOffer = this.tooOld = this.trouble = false
    this.shown = []
    this.failures = 0
    this.state = 'idle'
  }

  record(entry) {
    this.outbox.push(entry)
  }

  async sync(checkDigest = false) {
    try {
      await this.push()
      if (!this.tooOld) await this.pull(checkDigest)
      await this.offer()
      await this.push()
      this.purge()
      await this.push()
      this.failures = 0
      this.state = this.tooOld ? 'drain_only' : this.trouble ? 'enrol_anew' : 'idle'
    } catch (stopped) {
      if (!(stopped instanceof Stopped)) throw stopped
      this.state = stopped.message
    }
  }

  async push() {
    while (this.outbox.length || this.purged.length) {
      const madeOn = this.outbox[0]?.made_on ?? this.deviceId
      const broughtBack = this.outbox[0]?.brought_back ?? false
      const others = this.outbox.findIndex(
        (each) => each.made_on !== madeOn || (each.brought_back ?? false) !== broughtBack,
      )
      const batch = this.outbox.slice(0, Math.min(FACTS_PER_PUSH, others < 0 ? FACTS_PER_PUSH : others))
      const purged = [...this.purged]
      const answer = await this.ask('/v1/sync/push', {
        schema: 1, device_clock: new Date().toISOString(), facts: batch.map((each) => each.fact), purged,
        purged_cursor: this.cursor, made_on: madeOn === this.deviceId ? null : madeOn, brought_back: broughtBack,
      })
      const told = answer.outcomes ?? []
      if (told.length > batch.length || (batch.length && !told.length)) throw this.later()
      told.forEach((each, index) => this.answered(batch[index], each))
      this.outbox.splice(0, told.length)
      this.purged = this.purged.filter((id) => !purged.includes(id))
      for (const id of purged) this.named.add(id)
      this.trouble ||= answer.device_trouble != null
    }
  }

  answered(entry, { outcome, answer }) {
    const first = outcome === 'duplicate' ? answer.outcome : outcome
    if (first !== 'recorded') this.shown.push(entry.fact.id)
    const { made_on, fact } = entry
    const known = this.acknowledged.some((each) => factDigest(each.fact) === factDigest(fact))
    if (!known && first !== 'refused') this.acknowledged.push({ made_on, fact, unreadable: first === 'unreadable' })
  }

  async pull(checkDigest) {
    let page
    do {
      page = await this.ask('/v1/sync/pull', { schema: 1, cursor: this.cursor, digest: checkDigest })
      if (page) this.take(page)
    } while (!page || page.more)
    if (page.digest && page.digest !== scopeDigest(this.kept())) await this.repair()
  }

  take(page) {
    if (page.reset) {
      this.stale = new Set(this.documents.keys())
      this.purged = [...new Set([...this.purged, ...this.named])]
    }
    if (page.reset === 'epoch' || page.reset === 'first') this.mustOffer = true
    for (const document of documentsOf(page)) {
      this.documents.set(document.id, document)
      this.stale.delete(document.id)
      this.leaving.delete(document.id)
      this.named.delete(document.id)
      this.purged = this.purged.filter((id) => id !== document.id)
    }
    for (const gone of page.withdrawn) this.leaving.add(gone.id)
    if (!page.more) {
      for (const id of this.stale) this.leaving.add(id)
      this.stale.clear()
    }
    this.cursor = page.cursor
  }

  async offer() {
    if (!this.mustOffer) return
    const lost = new Set()
    for (let from = 0; from < this.acknowledged.length; from += FACTS_PER_OFFER) {
      const offered = this.acknowledged.slice(from, from + FACTS_PER_OFFER)
      const held = offered.map(({ fact, unreadable }) => ({ id: fact.id, digest: unreadable ? null : factDigest(fact) }))
      for (const id of (await this.ask('/v1/sync/offer', { held })).lost) lost.add(id)
    }
    const again = this.acknowledged.filter((each) => lost.has(each.fact.id))
    this.outbox.unshift(...again.map((each) => ({ ...each, brought_back: true })))
    this.acknowledged = this.acknowledged.filter((each) => !lost.has(each.fact.id))
    this.mustOffer = false
  }

  async repair() {
    let page
    do {
      const held = this.kept().map((each) => ({ id: each.id, digest: digestOf(each) }))
      page = await this.ask('/v1/sync/repair', { schema: 1, held, cursor: this.cursor })
      if (page) this.take(page)
    } while (page?.more)
  }

  // What the phone is to hold: not what was withdrawn, and waits to be purged.
  kept() {
    return [...this.documents.values()].filter((each) => !this.leaving.has(each.id))
  }

  // What was withdrawn goes once nothing about it waits to be pushed. It is named even if it was never held.
  purge() {
    const pending = new Set(this.outbox.map((each) => each.fact.job_id))
    for (const id of [...this.leaving].filter((each) => !pending.has(each))) {
      this.leaving.delete(id)
      this.documents.delete(id)
      if (!this.purged.includes(id)) this.purged.push(id)
    }
  }

  // The answer; undefined for a cursor that has to be forgotten, and where repairing has to rest.
  async ask(path, body) {
    let answer
    try {
      answer = await this.post(path, body)
    } catch {
      throw this.later()
    }
    const { status, headers, body: said } = answer
    if (status === 200 && said) return said
    if (said?.code === 'repairing_too_often') return undefined
    if (status === 200 || status === 408 || status === 429 || status >= 500) throw this.later(headers)
    if (said?.code === 'cursor_invalid') return void (this.cursor = null)
    if (said?.code === 'app_too_old') this.tooOld = true
    throw new Stopped(this.tooOld ? 'drain_only' : status === 401 ? 'sign_in' : 'stopped')
  }

  later(headers = {}) {
    const backOff = Math.min(300, 2 ** ++this.failures) * (0.5 + Math.random())
    // fetch gives the names of headers in small letters. A proxy may give a date; then the wait is this phone's own.
    const asked = Object.entries(headers).find(([name]) => name.toLowerCase() === 'retry-after')?.[1]
    this.waitSeconds = asked >= 0 ? Number(asked) : backOff
    return new Stopped('waiting')
  }
}
