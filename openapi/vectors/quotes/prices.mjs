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

// The list in force on the day, or the one named.
export function tariffOf(prices, group, asked, code) {
  const lists = prices.price_lists[group]
  const day = localDay(asked.quoted_at, asked.time_zone ?? 'Asia/Shanghai') ?? asked.quoted_at.slice(0, 10)
  const begun = lists.filter((list) => (code ? list.code === code : list.valid_from <= day))
  const list = begun.reduce((newest, each) => (newest.valid_from < each.valid_from ? each : newest))
  const later = lists.map((each) => each.valid_from).filter((from) => from > list.valid_from).sort()
  return { price_list: list, superseded_on: later[0] ?? null, parts: prices.parts, calendar: prices.calendar }
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
