// `node openapi/vectors/records/run.mjs [--record your/module.mjs]`: every case of records; exit code 1 if one fails.
import { readFileSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { isDeepStrictEqual, parseArgs } from 'node:util'

const FOLDER = new URL('./', import.meta.url)
const { values } = parseArgs({ options: { record: { type: 'string' } } })
const { record } = await import(values.record ? `file://${resolve(values.record)}` : './record.mjs')

let [passed, failed] = [0, 0]
for (const name of readdirSync(FOLDER).filter((each) => each.endsWith('.json')).sort()) {
  const { base, cases } = JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'))
  for (const { name: title, law, job, visit, requirements, expect } of cases) {
    const found = record({ ...base.job, ...job }, { ...base.visit, ...visit }, { ...base.requirements, ...requirements })
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
