/** What Kubernetes accepts as a name, each rule answering with upstream's messages (none: the name is fine). Upstream: `apimachinery/pkg/util/validation`. */
import { Address4, Address6 } from "ip-address";

type Check = (value: string) => readonly string[];

const LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const qualified = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

function tooLong(limit: number): string {
  return `must be no more than ${limit} characters`;
}

/** Go's regular-expression refusal: what the thing must be, examples, the expression. */
function regexError(message: string, expression: string, ...examples: readonly string[]): string {
  if (examples.length === 0) return `${message} (regex used for validation is '${expression}')`;
  const shown = examples.map((example, i) => (i === 0 ? `'${example}'` : ` or '${example}'`)).join(", ");
  return `${message} (e.g. ${shown}, regex used for validation is '${expression}')`;
}

const utf8Length = (value: string): number => {
  let length = 0;
  for (const char of value) {
    const code = char.codePointAt(0) ?? 0;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
};

const SUBDOMAIN_ERROR = regexError(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  SUBDOMAIN,
  "example.com",
);
const LABEL_ERROR = regexError(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  LABEL,
  "my-name",
  "123-abc",
);
const QUALIFIED_MESSAGE = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

function limited(value: string, limit: number, ok: boolean, message: string): readonly string[] {
  const errors: string[] = [];
  if (utf8Length(value) > limit) errors.push(tooLong(limit));
  if (!ok) errors.push(message);
  return errors;
}

/** A single DNS label: pods' host names, namespaces, container names. */
export const dns1123LabelErrors: Check = (value) =>
  limited(value, 63, label.test(value), subdomain.test(value) ? "must not contain dots" : LABEL_ERROR);

/** Dotted DNS labels: the names of most objects. */
export const dns1123SubdomainErrors: Check = (value) => limited(value, 253, subdomain.test(value), SUBDOMAIN_ERROR);

/** A label that starts with a letter: names of services before 1.34. */
export const dns1035LabelErrors: Check = (value) =>
  limited(
    value,
    63,
    /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(value),
    regexError(
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
      "[a-z]([-a-z0-9]*[a-z0-9])?",
      "my-name",
      "abc-123",
    ),
  );

/** `*.example.com`: a wildcard host of an ingress. */
export const wildcardDns1123SubdomainErrors: Check = (value) =>
  limited(
    value,
    253,
    value.startsWith("*.") && subdomain.test(value.slice(2)),
    regexError(
      "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
      `\\*\\.${SUBDOMAIN}`,
      "*.example.com",
    ),
  );

/** A label key, taint key, annotation key: a name with an optional DNS prefix. */
export const qualifiedNameErrors: Check = (value) => {
  const parts = value.split("/");
  const errors: string[] = [];
  if (parts.length > 2) {
    return [
      `${regexError(`a valid label key ${QUALIFIED_MESSAGE}`, QUALIFIED, "MyName", "my.name", "123-abc")} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  if (parts.length === 2) {
    const prefix = parts[0] ?? "";
    if (prefix === "") errors.push("prefix part must be non-empty");
    else errors.push(...dns1123SubdomainErrors(prefix).map((error) => `prefix part ${error}`));
  }
  const name = parts[parts.length - 1] ?? "";
  if (name === "") errors.push("name part must be non-empty");
  else if (utf8Length(name) > 63) errors.push("name part must be no more than 63 bytes");
  if (!qualified.test(name)) errors.push(`name part ${regexError(QUALIFIED_MESSAGE, QUALIFIED, "MyName", "my.name", "123-abc")}`);
  return errors;
};

/** A label's value: may be empty. */
export const validateLabelValue: Check = (value) => {
  const errors: string[] = [];
  if (utf8Length(value) > 63) errors.push("must be no more than 63 bytes");
  if (value === "" || qualified.test(value)) return errors;
  errors.push(
    regexError(
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
      `(${QUALIFIED})?`,
      "MyValue",
      "my_value",
      "12345",
    ),
  );
  return errors;
};

/** The name of a container's port. */
export const portNameErrors: Check = (value) => {
  const errors: string[] = [];
  if (utf8Length(value) > 15) errors.push(tooLong(15));
  if (!/^[-a-z0-9]+$/.test(value)) errors.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  if (!/[a-z]/.test(value)) errors.push("must contain at least one letter (a-z)");
  if (value.includes("--")) errors.push("must not contain consecutive hyphens");
  if (value.startsWith("-") || value.endsWith("-")) errors.push("must not begin or end with a hyphen");
  return errors;
};

/** A port number, 1 to 65535. */
export function portNumberErrors(value: number): readonly string[] {
  return Number.isInteger(value) && value >= 1 && value <= 65535 ? [] : ["must be between 1 and 65535, inclusive"];
}

function dotErrors(value: string): readonly string[] {
  if (value === ".") return ["must not be '.'"];
  if (value === "..") return ["must not be '..'"];
  return value.startsWith("..") ? ["must not start with '..'"] : [];
}

/** A key of a ConfigMap or Secret. */
export const configMapKeyErrors: Check = (value) => [
  ...limited(
    value,
    253,
    /^[-._a-zA-Z0-9]+$/.test(value),
    regexError("a valid config key must consist of alphanumeric characters, '-', '_' or '.'", "[-._a-zA-Z0-9]+", "key.name", "KEY_NAME", "key-name"),
  ),
  ...dotErrors(value),
];

/** An environment variable's name before names were relaxed. */
export const envVarNameErrors: Check = (value) => [
  ...(/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(value)
    ? []
    : [
        regexError(
          "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit",
          "[-._a-zA-Z][-._a-zA-Z0-9]*",
          "my.env-name",
          "MY_ENV.NAME",
          "MyEnvName1",
        ),
      ]),
  ...dotErrors(value),
];

/** An environment variable's name: any printable ASCII but `=`. */
export const relaxedEnvVarNameErrors: Check = (value) => {
  if (value === "") return ["environment variable name must be non-empty"];
  return /^[ -<>-~]+$/.test(value) ? [] : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
};

/** `25%`. */
export const percentErrors: Check = (value) =>
  /^[0-9]+%$/.test(value) ? [] : [regexError("a valid percent string must be a numeric string followed by an ending '%'", "[0-9]+%", "1%", "93%")];

/** A name a C program could use. */
export const cIdentifierErrors: Check = (value) =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(value)
    ? []
    : [
        regexError(
          "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
          "[A-Za-z_][A-Za-z0-9_]*",
          "my_name",
          "MY_NAME",
          "MyName",
        ),
      ];

/** The name of an HTTP header. */
export const httpHeaderNameErrors: Check = (value) =>
  /^[-A-Za-z0-9]+$/.test(value) ? [] : [regexError("a valid HTTP header must consist of alphanumeric characters or '-'", "[-A-Za-z0-9]+", "X-Header-Name")];

const IP_ERROR = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
const CIDR_ERROR = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";

/** Numbers without the leading zeros Go once let pass. */
function withoutLeadingZeros(value: string): string {
  return /^[0-9.]+$/.test(value) ? value.split(".").map((part) => part.replace(/^0+(?=[0-9])/, "")).join(".") : value;
}

/** An IPv4 or IPv6 address, without prefix, zone or port. */
export function isIpAddress(value: string): boolean {
  if (value.includes("/") || value.includes("%") || value.includes("[")) return false;
  const dotted = withoutLeadingZeros(value);
  if (/^([0-9]{1,3}\.){3}[0-9]{1,3}$/.test(dotted)) return Address4.isValid(dotted);
  return value.includes(":") && Address6.isValid(value);
}

/** An IP address as old fields accept it: leading zeros pass. */
export const legacyIpErrors: Check = (value) => (isIpAddress(value) ? [] : [IP_ERROR]);

/** An IP address as new fields want it. */
export const ipErrors: Check = (value) => {
  if (!isIpAddress(value)) return [IP_ERROR];
  if (withoutLeadingZeros(value) !== value) return ["must not have leading 0s"];
  return /^::ffff:/i.test(value) ? ["must not be an IPv4-mapped IPv6 address"] : [];
};

/** What to say of an address, or a range of them, in IPv6 that is written oddly. Upstream: `GetWarningsForIP`, `GetWarningsForCIDR`. */
export function oddAddress(path: string, value: string): readonly string[] {
  const [address = "", ...prefix] = value.split("/");
  if (!address.includes(":") || !isIpAddress(address)) return [];
  const canonical = [new Address6(address).correctForm(), ...prefix].join("/");
  return canonical === value ? [] : [`${path}: IPv6 ${prefix.length > 0 ? "CIDR value" : "address"} ${JSON.stringify(value)} should be in RFC 5952 canonical format (${JSON.stringify(canonical)})`];
}

function isCidr(value: string): boolean {
  const [address = "", prefix = "", ...more] = value.split("/");
  return more.length === 0 && isIpAddress(address) && /^[0-9]{1,3}$/.test(prefix) && Number(prefix) <= (address.includes(":") ? 128 : 32);
}

/** An address range as old fields accept it. */
export const legacyCidrErrors: Check = (value) => (isCidr(value) ? [] : [CIDR_ERROR]);

/** An address range as new fields want it: no leading zeros, no bits beyond the prefix. */
export const cidrErrors: Check = (value) => {
  if (!isCidr(value)) return [CIDR_ERROR];
  const [address = "", prefix = ""] = value.split("/");
  if (withoutLeadingZeros(address) !== address || /^0[0-9]/.test(prefix)) return ["must not have leading 0s in IP or prefix length"];
  if (/^::ffff:/i.test(address)) return ["must not have an IPv4-mapped IPv6 address"];
  const start = address.includes(":") ? new Address6(value).startAddress().bigInt() : new Address4(value).startAddress().bigInt();
  const own = address.includes(":") ? new Address6(address).bigInt() : new Address4(address).bigInt();
  return start === own ? [] : ["must not have bits set beyond the prefix length"];
};
