/** Formats a schema can ask text to have. Upstream: kube-openapi/pkg/validation/strfmt. */
import { dns1123LabelErrors, dns1123SubdomainErrors, isIpAddress } from "../../../apimachinery/names";
import { parseDuration } from "../../../apimachinery/duration";

const isV4 = (text: string): boolean => /^(\d{1,3}\.){3}\d{1,3}$/.test(text) && isIpAddress(text);

function isCidr(text: string): boolean {
  const slash = text.indexOf("/");
  if (slash < 0 || !/^\d{1,3}$/.test(text.slice(slash + 1))) return false;
  const address = text.slice(0, slash);
  return isIpAddress(address) && Number(text.slice(slash + 1)) <= (isV4(address) ? 32 : 128);
}

function isDate(text: string): boolean {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!found) return false;
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return month >= 1 && month <= 12 && day >= 1 && day <= (days[month - 1] ?? 0);
}

function isDateTime(text: string): boolean {
  const found = /^(\d{4}-\d{2}-\d{2})[tT ](\d{2}):(\d{2}):(\d{2})(\.\d+)?([zZ]|[+-]\d{2}:?\d{2})$/.exec(text);
  return found !== null && isDate(found[1] ?? "") && Number(found[2]) < 24 && Number(found[3]) < 60 && Number(found[4]) <= 60;
}

const DURATION = /^\d+ *(ns|nano|nanosecond|us|µs|micro|microsecond|ms|milli|millisecond|s|sec|second|m|min|minute|h|hr|hour|d|day|w|week)s?$/i;
const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?([0-9a-f])[0-9a-f]{3}-?([0-9a-f])[0-9a-f]{3}-?[0-9a-f]{12}$/i;

function isUuid(text: string, version?: string): boolean {
  const found = UUID.exec(text);
  if (!found) return false;
  return version === undefined || (found[1] === version && (version === "3" || /[89ab]/i.test(found[2] ?? "")));
}

/** What each format asks. */
const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  bsonobjectid: (text) => /^[0-9a-f]{24}$/i.test(text),
  uri: (text) => /^([a-z][a-z0-9+.-]*:[^\s]*|\/[^\s]*)$/i.test(text),
  email: (text) => /^[^\s@<>]+@[^\s@<>]+$/.test(text),
  hostname: (text) => text.length <= 255 && /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\.?$/i.test(text),
  ipv4: isV4,
  ipv6: (text) => text.includes(":") && isIpAddress(text),
  cidr: isCidr,
  mac: (text) => /^([0-9a-f]{2}([:-]))([0-9a-f]{2}\2){4}[0-9a-f]{2}$/i.test(text),
  uuid: (text) => isUuid(text),
  uuid3: (text) => isUuid(text, "3"),
  uuid4: (text) => isUuid(text, "4"),
  uuid5: (text) => isUuid(text, "5"),
  isbn: (text) => isIsbn(text),
  isbn10: (text) => text.replace(/[ -]/g, "").length === 10 && isIsbn(text),
  isbn13: (text) => text.replace(/[ -]/g, "").length === 13 && isIsbn(text),
  creditcard: (text) => isCard(text.replace(/[^0-9]/g, "")),
  ssn: (text) => /^\d{3}[- ]?\d{2}[- ]?\d{4}$/.test(text),
  hexcolor: (text) => /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.test(text),
  rgbcolor: (text) => /^rgb\( *(25[0-5]|2[0-4]\d|1?\d?\d) *, *(25[0-5]|2[0-4]\d|1?\d?\d) *, *(25[0-5]|2[0-4]\d|1?\d?\d) *\)$/.test(text),
  byte: (text) => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text),
  password: () => true,
  date: isDate,
  duration: (text) => DURATION.test(text) || parseDuration(text) !== undefined,
  datetime: isDateTime,
  "date-time": isDateTime,
  "k8s-short-name": (text) => dns1123LabelErrors(text).length === 0,
  "k8s-long-name": (text) => dns1123SubdomainErrors(text).length === 0,
};

function isIsbn(text: string): boolean {
  const digits = text.replace(/[ -]/g, "");
  if (/^\d{9}[\dX]$/.test(digits)) return [...digits].reduce((sum, digit, i) => sum + (10 - i) * (digit === "X" ? 10 : Number(digit)), 0) % 11 === 0;
  return /^\d{13}$/.test(digits) && [...digits].reduce((sum, digit, i) => sum + (i % 2 === 0 ? 1 : 3) * Number(digit), 0) % 10 === 0;
}

function isCard(digits: string): boolean {
  if (digits.length < 12 || digits.length > 19) return false;
  const sum = [...digits].reverse().reduce((total, digit, i) => {
    const value = Number(digit) * (i % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** Formats text may have; others are ignored. */
export const isKnownFormat = (format: string): boolean => Object.hasOwn(FORMATS, format);

/** Does the text have the format? Unknown formats ask nothing. */
export function hasFormat(format: string, text: string): boolean {
  return !Object.hasOwn(FORMATS, format) || (FORMATS[format]?.(text) ?? true);
}
