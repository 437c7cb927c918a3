// `node openapi/vectors/quotes/run.mjs [--quote your/module.mjs]`: every case of quotes; exit code 1 if one fails.
import { readFileSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { isDeepStrictEqual, parseArgs } from 'node:util'

const FOLDER = new URL('./', import.meta.url)
const { values } = parseArgs({ options: { quote: { type: 'string' } } })
const { quote, tariffOf } = await import(values.quote ? `file://${resolve(values.quote)}` : './quote.mjs')
const read = (name) => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'))
const [prices, words] = [read('tariffs/prices.json'), read('tariffs/words.json')]

// Of what was found the fields that the case names; lists are compared whole.
function asFarAsTold(expected, found) {
  if (Array.isArray(expected)) {
    const same = Array.isArray(found) && found.length === expected.length
    return same ? expected.map((each, index) => asFarAsTold(each, found[index])) : found
  }
  if (expected === null || typeof expected !== 'object' || found === null || typeof found !== 'object') return found
  return Object.fromEntries(Object.keys(expected).map((name) => [name, asFarAsTold(expected[name], found[name])]))
}

let [passed, failed] = [0, 0]
for (const name of readdirSync(FOLDER).filter((each) => each.endsWith('.json')).sort()) {
  for (const { name: title, law, prices: group, list, request, expect } of read(name).cases) {
    const found = asFarAsTold(expect, quote(request, tariffOf(prices, group, request, list), words))
    if (isDeepStrictEqual(found, expect)) passed += 1
    else {
      failed += 1
      console.log(`FAILED ${name.replace('.json', '')}/${title}: ${law}`)
      console.log(`  expected ${JSON.stringify(expect)}\n  found    ${JSON.stringify(found)}`)
    }
  }
}
console.log(`${passed} of ${passed + failed} cases passed`)
process.exit(failed ? 1 : 0)
