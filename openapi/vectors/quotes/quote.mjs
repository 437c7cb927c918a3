// What a visit costs, written from README.md alone. Uses nothing but Node; `words` are those of tariffs/words.json.
import { MOST_FEN, SITUATION, amountOf, entryOf, feeOf, kindOf, localDay, localTime, occasionOf } from './prices.mjs'
import { problem, problems } from './problems.mjs'

export { tariffOf } from './prices.mjs'

const ABSENT = {
  time_zone: 'Asia/Shanghai', currency: 'CNY', distance_metres: 0, fall_height_centimetres: 0, charged_before: [],
  list_promised: false, lines: [], decisions: [], discounts: [], language: 'zh',
}
const byId = (one, other) => (one.line_id < other.line_id ? -1 : 1)
const filled = (sentence, parameters) => sentence.replace(/\{(\w+)\}/g, (_, name) => parameters[name])
const percentOf = (amount, percent) => Math.floor((amount * percent + 50) / 100)
const sumOf = (lines) => lines.reduce((sum, line) => sum + line.amount_fen, 0)

// `tariff` holds price_list, superseded_on (or null), parts, calendar.
export function quote(asked, tariff, words) {
  const request = { ...ABSENT, ...asked }
  request.lines = request.lines.map((line) => ({ quantity_thousandths: 1000, warranty: 'paid', ...line }))
  const found = problems(request, tariff)
  if (found.length) return { problems: found }
  const fees = situation(request, tariff, words)
  const first = fees.filter((line) => ['visit', 'diagnosis'].includes(line.kind))
  const lines = [...first, ...work(request, tariff, words), ...fees.filter((line) => !first.includes(line))]
  for (const line of lines) advertise(line, request, tariff, words)
  const subtotal = sumOf(lines)
  if (subtotal > MOST_FEN) return { problems: [problem('/lines', 'amount_absurd')] }
  for (const each of [...request.discounts].sort(byId)) lines.push(discount(each, subtotal, request))
  if (sumOf(lines) < 0) return { problems: [problem('/discounts', 'discount_exceeds_total')] }
  const between = request.language === 'en' ? '; ' : '；'
  return {
    lines: lines.map(({ reasons, ...line }) => ({ ...line, reason: reasons.join(between) || null })),
    total_fen: sumOf(lines),
  }
}

function drafted(lineId, entry, quantity, language) {
  return {
    line_id: lineId, kind: kindOf(entry), code: entry.code,
    description: language === 'en' ? entry.name_en : entry.name_zh,
    quantity_thousandths: quantity, unit_price_fen: entry.price_fen, amount_fen: amountOf(quantity, entry.price_fen),
    warranty: 'paid', list_price_fen: entry.price_fen, supervisor_code: null, rules: [], reasons: [],
  }
}

function reduce(line, amount, rule, reason) {
  line.amount_fen = amount
  line.rules.push(rule)
  line.reasons.push(reason)
}

function decide(line, warranty, basis) {
  if (warranty !== 'paid') Object.assign(line, { warranty, amount_fen: 0, rules: [warranty], reasons: [basis] })
}

function work(request, tariff, words) {
  const asked = [...request.lines].sort(byId)
  const lines = asked.map((line) => priced(line, entryOf(tariff, line.code), request.language))
  share(asked, lines, tariff.price_list.rules.multi_item_percent, words, request.language)
  asked.forEach((ask, index) => {
    const line = lines[index]
    if (ask.agreed_unit_price_fen == null || line.warranty !== 'paid') return
    const agreed = amountOf(line.quantity_thousandths, ask.agreed_unit_price_fen)
    if (agreed < line.amount_fen) reduce(line, agreed, 'below_list', ask.reason)
  })
  return lines
}

function priced(ask, entry, language) {
  const line = drafted(ask.line_id, entry, ask.quantity_thousandths, language)
  line.rules.push(!('by_quote' in entry) ? 'part_price' : entry.by_quote ? 'by_quote' : 'list_price')
  if (ask.agreed_unit_price_fen > entry.price_fen) {
    line.unit_price_fen = ask.agreed_unit_price_fen
    line.amount_fen = amountOf(line.quantity_thousandths, line.unit_price_fen)
    if (!entry.by_quote) {
      Object.assign(line, { supervisor_code: ask.supervisor_code, rules: ['above_list'], reasons: [ask.reason] })
    }
  }
  decide(line, ask.warranty, ask.basis)
  return line
}

function share(asked, lines, percents, words, language) {
  const places = new Map()
  const labour = lines.map((line, index) => ({ line, appliance: asked[index].appliance ?? null }))
    .filter(({ line }) => line.kind === 'labour' && line.warranty === 'paid')
    .sort((one, other) => other.line.amount_fen - one.line.amount_fen || byId(one.line, other.line))
  for (const { line, appliance } of labour) {
    const place = (places.get(appliance) ?? 0) + 1
    places.set(appliance, place)
    const percent = percents[Math.min(place, percents.length) - 1]
    const rule = percent ? 'multi_item' : 'multi_item_free'
    if (percent < 100) {
      reduce(line, percentOf(line.amount_fen, percent), rule, filled(words.rules[rule][language], { place, percent }))
    }
  }
}

function situation(request, tariff, words) {
  const { rules } = tariff.price_list
  const occasion = occasionOf(request, tariff)
  const lines = []
  for (const component of SITUATION) {
    const entry = feeOf(tariff, component, request.area)
    const line = occasion.charged.includes(component) && entry ? FEES[component](request, tariff, entry, words) : null
    if (!line) continue
    const decision = request.decisions.find((each) => each.component === component)
    if (decision) decide(line, decision.warranty, decision.basis)
    const again = rules.once_per_report.includes(component) && request.charged_before.includes(component)
    if (again && line.amount_fen > 0) reduce(line, 0, 'charged_before', words.rules.charged_before[request.language])
    lines.push(line)
  }
  return lines
}

function one(request, entry, rule, quantity = 1000) {
  const line = drafted(entry.component, entry, quantity, request.language)
  line.rules.push(rule)
  return line
}

const FEES = {
  visit(request, tariff, entry, words) {
    const line = one(request, entry, 'list_price')
    const free = tariff.price_list.rules.visit_free_codes
    if (request.lines.length && request.lines.every((each) => free.includes(each.code))) {
      reduce(line, 0, 'visit_free', words.rules.visit_free[request.language])
    }
    return line
  },
  diagnosis(request, tariff, entry, words) {
    if (!request.diagnosis) return null
    const line = one(request, entry, 'list_price')
    const percent = occasionOf(request, tariff).diagnosis_percent
    const rule = `diagnosis_${percent ? '' : 'free_'}${request.occasion}`
    if (percent < 100) {
      reduce(line, percentOf(line.amount_fen, percent), rule, filled(words.rules[rule][request.language], { percent }))
    }
    return line
  },
  distance(request, tariff, entry) {
    const charged = Math.ceil(request.distance_metres / 1000) - entry.free_units
    return charged > 0 ? one(request, entry, 'distance', charged * 1000) : null
  },
  height(request, tariff, entry) {
    const height = request.fall_height_centimetres
    const from = tariff.price_list.rules.height_from_metres * 100
    return height > 0 && height >= from ? one(request, entry, 'height') : null
  },
  night(request, tariff, entry) {
    const { night_from: from, night_until: until } = tariff.price_list.rules
    const time = localTime(request.begins_at, request.time_zone)
    const night = from <= until ? from <= time && time < until : time >= from || time < until
    return night ? one(request, entry, 'night') : null
  },
  holiday(request, tariff, entry) {
    const day = localDay(request.begins_at, request.time_zone)
    const weekend = [0, 6].includes(new Date(day).getUTCDay()) && !tariff.calendar.working_days.includes(day)
    const free = tariff.calendar.holidays.includes(day) || (tariff.price_list.rules.weekends_are_holidays && weekend)
    return free ? one(request, entry, 'holiday') : null
  },
}

function advertise(line, request, tariff, words) {
  const price = (tariff.price_list.advertised ?? []).find((each) => each.code === line.code)?.price_fen
  if (price == null || line.amount_fen <= amountOf(line.quantity_thousandths, price)) return
  const reason = request.lines.find((each) => each.line_id === line.line_id)?.reason
  if (reason == null) {
    reduce(line, amountOf(line.quantity_thousandths, price), 'advertised', words.rules.advertised[request.language])
  } else {
    line.rules.push('above_advertised')
    if (!line.reasons.includes(reason)) line.reasons.push(reason)
  }
}

function discount(ask, subtotal, request) {
  const off = -(ask.amount_fen || percentOf(subtotal, ask.percent))
  return {
    line_id: ask.line_id, kind: 'discount', code: 'DISCOUNT',
    description: request.language === 'en' ? 'Discount' : '优惠',
    quantity_thousandths: 1000, unit_price_fen: off, amount_fen: off,
    warranty: 'paid', list_price_fen: null, supervisor_code: null,
    rules: [ask.percent ? 'discount_percent' : 'discount_amount'], reasons: [ask.reason],
  }
}
