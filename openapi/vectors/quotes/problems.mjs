// What stands in the way of a quote: everything at once, in the order of the request's fields.
import { MOST_FEN, SITUATION, amountOf, entryOf, feeOf, holdsAt, holdsFor, kindOf, localDay, occasionOf } from './prices.mjs'

const COUNTED = ['piece', 'pair', 'set']

export const problem = (pointer, code) => ({ pointer, code })

export function problems(request, tariff) {
  const found = []
  const say = (pointer, code) => found.push(problem(pointer, code))
  const list = tariff.price_list
  const quoted = localDay(request.quoted_at, request.time_zone)
  const begins = localDay(request.begins_at, request.time_zone)
  if (quoted && !request.list_promised) {
    if (quoted < list.valid_from) say('/quoted_at', 'list_not_yet_valid')
    if (tariff.superseded_on && quoted >= tariff.superseded_on) say('/quoted_at', 'list_expired')
  }
  if (!request.list_promised) {
    if (!holdsAt(list, request.outlet_id)) say('/outlet_id', 'list_of_other_outlets')
    else if (!holdsFor(list, request)) say('/work_type', 'list_for_other_work')
  }
  if (request.currency !== list.currency) say('/currency', 'currency_differs')
  const holidays = occasionOf(request, tariff).charged.includes('holiday') && feeOf(tariff, 'holiday', request.area)
  const { first_day: first, last_day: last } = tariff.calendar
  if (!begins) say('/time_zone', 'time_zone_unknown')
  else if (holidays && (begins < first || begins > last)) say('/begins_at', 'holidays_unknown')
  if (request.distance_metres < 0 || request.distance_metres > 1e6) say('/distance_metres', 'distance_absurd')
  const height = request.fall_height_centimetres
  if (height < 0 || height > 1e5) say('/fall_height_centimetres', 'height_absurd')
  const taken = new Set(SITUATION)
  for (const name of ['lines', 'discounts']) {
    request[name].forEach((line, index) => {
      if (taken.has(line.line_id)) say(`/${name}/${index}/line_id`, 'line_id_repeated')
      taken.add(line.line_id)
    })
  }
  request.lines.forEach((line, index) => {
    problemsOfLine(line, request, tariff, (at, code) => say(`/lines/${index}${at}`, code))
  })
  const decided = new Set()
  request.decisions.forEach((each, index) => {
    const at = `/decisions/${index}`
    if (!SITUATION.includes(each.component)) say(`${at}/component`, 'decision_misplaced')
    if (decided.has(each.component)) say(`${at}/component`, 'decision_repeated')
    decided.add(each.component)
    problemsOfWarranty(each, (where, code) => say(at + where, code))
  })
  problemsOfDiscounts(request.discounts, say)
  return found
}

function problemsOfLine(line, request, tariff, say) {
  const entry = entryOf(tariff, line.code)
  if (!entry) return say('/code', 'code_unknown')
  const kind = kindOf(entry)
  if (SITUATION.includes(kind)) say('/code', 'follows_from_situation')
  else if (!occasionOf(request, tariff).charged.includes(kind)) say('/code', 'not_charged_now')
  if (entry.areas?.length && !entry.areas.includes(request.area)) say('/code', 'not_in_this_area')
  const { quantity_thousandths: quantity, agreed_unit_price_fen: agreed } = line
  const at = '/quantity_thousandths'
  if (quantity <= 0) say(at, 'quantity_not_positive')
  else if (quantity > 1e6) say(at, 'quantity_absurd')
  else if (entry.unit === 'job' && quantity !== 1000) say(at, 'quantity_not_one')
  else if (COUNTED.includes(entry.unit) && quantity % 1000) say(at, 'quantity_not_whole')
  else if (amountOf(quantity, Math.max(entry.price_fen, agreed ?? 0)) > MOST_FEN) say(at, 'amount_absurd')
  problemsOfWarranty(line, say)
  problemsOfPrice(line, entry, say)
}

function problemsOfWarranty(each, say) {
  if (each.warranty === 'unknown') say('/warranty', 'warranty_undecided')
  else if (each.warranty !== 'paid' && each.basis == null) say('/basis', 'basis_missing')
}

function problemsOfPrice(line, entry, say) {
  const agreed = line.agreed_unit_price_fen
  const at = '/agreed_unit_price_fen'
  if (agreed == null) {
    if (entry.by_quote) say(at, 'price_not_agreed')
  } else if (agreed < 0) say(at, 'price_negative')
  else if (entry.by_quote) {
    if (agreed < entry.price_fen) say(at, 'below_least_price')
  } else if (agreed !== entry.price_fen) {
    if (agreed > entry.price_fen && line.supervisor_code == null) say(at, 'above_list_without_supervisor')
    if (line.reason == null) say('/reason', 'reason_missing')
  }
}

function problemsOfDiscounts(discounts, say) {
  let percents = 0
  discounts.forEach(({ percent = 0, amount_fen: amount = 0, reason }, index) => {
    const at = `/discounts/${index}`
    if (percent) percents += 1
    if (!(percent ? percent >= 1 && percent <= 100 && amount === 0 : amount > 0)) say(at, 'discount_unclear')
    if (percent && percents > 1) say(`${at}/percent`, 'discounts_in_percent')
    if (reason == null) say(`${at}/reason`, 'reason_missing')
  })
}
