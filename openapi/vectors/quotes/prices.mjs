// Prices, by list, code, area and day.
export const SITUATION = ['visit', 'diagnosis', 'distance', 'height', 'night', 'holiday']
export const MOST_FEN = 1e12
// In BigInt: a quantity times a price may exceed what a number holds.
export const amountOf = (quantity, price) => Number((BigInt(quantity) * BigInt(price) + 500n) / 1000n)

export const entryOf = (tariff, code) =>
  tariff.price_list.lines.find((line) => line.code === code) ?? tariff.parts.find((part) => part.code === code)
export const kindOf = (entry) => ('by_quote' in entry ? entry.component : 'part')
export const occasionOf = (request, tariff) =>
  tariff.price_list.rules.occasions.find((rule) => rule.occasion === request.occasion)
export const feeOf = (tariff, component, area) =>
  tariff.price_list.lines.find((l) => l.component === component && (!l.areas.length || l.areas.includes(area)))

export const holdsAt = (list, outlet) => !list.outlet_ids.length || list.outlet_ids.includes(outlet)
export const holdsFor = (list, request) =>
  holdsAt(list, request.outlet_id) && (!list.work_types.length || list.work_types.includes(request.work_type))

// Of two lists that hold, the more special one counts: an outlet before a type of work; then the one that began last.
const rank = (list) => `${+!!list.outlet_ids.length}${+!!list.work_types.length}${list.valid_from}${list.code}`

// The list in force there on the day, or the one named.
export function tariffOf(prices, group, asked, code) {
  const lists = prices.price_lists[group]
  const day = localDay(asked.quoted_at, asked.time_zone ?? 'Asia/Shanghai') ?? asked.quoted_at.slice(0, 10)
  const begun = lists.filter((list) => (code ? list.code === code : list.valid_from <= day && holdsFor(list, asked)))
  const list = begun.reduce((best, each) => (rank(best) < rank(each) ? each : best))
  const greater = lists.filter((each) => rank(each) > rank(list) && holdsFor(each, asked))
  const superseded = greater.map((each) => each.valid_from).sort()[0] ?? null
  return { price_list: list, superseded_on: superseded, parts: prices.parts, calendar: prices.calendar }
}

export function localDay(at, timeZone) {
  try {
    const parts = { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }
    return new Intl.DateTimeFormat('en-CA', parts).format(new Date(at))
  } catch {
    return null
  }
}

export function localTime(at, timeZone) {
  const parts = { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
  return new Intl.DateTimeFormat('en-GB', parts).format(new Date(at))
}
