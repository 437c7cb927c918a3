// The canonical form of a document (RFC 8785), and the digests over it. Uses nothing but Node.
import { createHash } from 'node:crypto'

const sha256 = (bytes) => createHash('sha256').update(bytes)
const SHOWN = ['line_id', 'kind', 'code', 'description', 'quantity_thousandths', 'unit_price_fen', 'amount_fen']

// JavaScript sorts text by UTF-16 units and writes numbers as the RFC asks.
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`
}

export const digestOf = (document) => sha256(canonical(document)).digest('hex')

// Of a fact as it is offered after a restore: nulls are left out, written or not they are the same content.
export const factDigest = (fact) => digestOf(withoutNulls(fact))

function withoutNulls(value) {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).filter(([, each]) => each !== null).map(([name, each]) => [name, withoutNulls(each)]))
}

export function scopeDigest(documents) {
  return digestOfPairs(documents.map((each) => [each.id, digestOf(each)]))
}

export function digestOfPairs(pairs) {
  const bytes = pairs.map(([id, digest]) => Buffer.from(id.replaceAll('-', '') + digest, 'hex'))
  return sha256(Buffer.concat(bytes.sort(Buffer.compare))).digest('hex')
}

export function contentHash(disclosed) {
  const rows = [[disclosed.currency ?? 'CNY', disclosed.total_fen]]
  for (const line of disclosed.lines) rows.push([...SHOWN.map((name) => line[name]), line.warranty ?? 'paid'])
  return sha256(rows.map((row) => row.join('\x1f')).join('\n')).digest('hex')
}
