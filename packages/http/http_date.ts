/** Dates as HTTP writes them (RFC 9110 §5.6.7): one form to send, three to understand. */

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

const dayName = "(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat)";
const longDayName = "(?:Sunday|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday)";
const month = `(?<month>${months.join("|")})`;
const time = "(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)";

const forms: readonly RegExp[] = [
  // IMF-fixdate: Sun, 06 Nov 1994 08:49:37 GMT
  new RegExp(`^${dayName}, (?<day>\\d\\d) ${month} (?<year>\\d{4}) ${time} GMT$`),
  // rfc850-date: Sunday, 06-Nov-94 08:49:37 GMT
  new RegExp(`^${longDayName}, (?<day>\\d\\d)-${month}-(?<year>\\d\\d) ${time} GMT$`),
  // asctime-date: Sun Nov  6 08:49:37 1994
  new RegExp(`^${dayName} ${month} (?<day>\\d\\d| \\d) ${time} (?<year>\\d{4})$`),
];

/**
 * The moment that an HTTP-date names, in whole seconds; undefined for what is none. Names are case-sensitive (§5.6.7).
 *
 * @param nowMs milliseconds since 1970, by which a year of two digits is understood
 * @returns milliseconds since 1970
 */
export function parseHttpDate(text: string, nowMs: number): number | undefined {
  for (const form of forms) {
    const groups = form.exec(text)?.groups;
    if (groups !== undefined) return moment(groups, nowMs);
  }
  return undefined;
}

/** IMF-fixdate: the only form that may be sent. Fractions of a second are cut off. */
export function formatHttpDate(ms: number): string {
  const date = new Date(ms);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${days[date.getUTCDay()]}, ${two(date.getUTCDate())} ${months[date.getUTCMonth()]} ` +
    `${String(date.getUTCFullYear()).padStart(4, "0")} ` +
    `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} GMT`;
}

function moment(parts: Record<string, string>, nowMs: number): number | undefined {
  const number = (name: string) => Number(parts[name]);
  const [hour, minute, second, day] = ["hour", "minute", "second", "day"].map(number) as [
    number,
    number,
    number,
    number,
  ];
  const monthIndex = months.indexOf(parts.month ?? "");
  const isShort = parts.year?.length === 2;
  const at = (year: number) => utc(year, monthIndex, day, hour, minute, second);
  if (!isShort) return at(number("year"));
  const century = Math.floor(new Date(nowMs).getUTCFullYear() / 100) * 100;
  const ms = at(century + number("year"));
  // §5.6.7: what seems to be more than 50 years ahead was the last year in the past with these digits.
  const aheadMax = new Date(nowMs);
  aheadMax.setUTCFullYear(aheadMax.getUTCFullYear() + 50);
  return ms !== undefined && ms > aheadMax.getTime() ? at(century - 100 + number("year")) : ms;
}

/** Undefined where the calendar has no such moment. A leap second (60) is the second after 59. */
function utc(
  year: number,
  monthIndex: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | undefined {
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, monthIndex, day);
  if (date.getUTCDate() !== day || date.getUTCMonth() !== monthIndex) return undefined;
  date.setUTCHours(hour, minute, second);
  return date.getTime();
}
