/** What functions take and give. Upstream: cel-go's standard library and extensions, apiserver/pkg/cel/library. */
import { readType, readTypes, type Type } from "./expression-types";

/** One way to call a function. */
export interface Signature {
  readonly target: Type | undefined;
  readonly args: readonly Type[];
  readonly result: Type;
}

/** `name: target.(args)->result`, or without a target `name: (args)->result`; several ways follow one another, divided by `;`. */
const TABLE = `
_&&_: (bool,bool)->bool
_||_: (bool,bool)->bool
!_: (bool)->bool
-_: (int)->int; (double)->double
_?_:_: (bool,A,A)->A
_==_: (A,A)->bool
_!=_: (A,A)->bool
_<_: (bool,bool)->bool; (int,int)->bool; (int,double)->bool; (int,uint)->bool; (uint,uint)->bool; (uint,double)->bool; (uint,int)->bool; (double,double)->bool; (double,int)->bool; (double,uint)->bool; (string,string)->bool; (bytes,bytes)->bool; (timestamp,timestamp)->bool; (duration,duration)->bool
_+_: (int,int)->int; (uint,uint)->uint; (double,double)->double; (string,string)->string; (bytes,bytes)->bytes; (list(A),list(A))->list(A); (duration,duration)->duration; (timestamp,duration)->timestamp; (duration,timestamp)->timestamp
_-_: (int,int)->int; (uint,uint)->uint; (double,double)->double; (duration,duration)->duration; (timestamp,timestamp)->duration; (timestamp,duration)->timestamp
_*_: (int,int)->int; (uint,uint)->uint; (double,double)->double
_/_: (int,int)->int; (uint,uint)->uint; (double,double)->double
_%_: (int,int)->int; (uint,uint)->uint
@in: (A,list(A))->bool; (A,map(A,B))->bool
_[_]: (list(A),int)->A; (map(A,B),A)->B; (optional(list(A)),int)->optional(A); (optional(map(A,B)),A)->optional(B)
_[?_]: (list(A),int)->optional(A); (map(A,B),A)->optional(B); (optional(list(A)),int)->optional(A); (optional(map(A,B)),A)->optional(B)
size: (string)->int; (bytes)->int; (list(A))->int; (map(A,B))->int; string.()->int; bytes.()->int; list(A).()->int; map(A,B).()->int
type: (A)->type
dyn: (A)->dyn
int: (int)->int; (uint)->int; (double)->int; (string)->int; (timestamp)->int; (duration)->int
uint: (uint)->uint; (int)->uint; (double)->uint; (string)->uint
double: (double)->double; (int)->double; (uint)->double; (string)->double
bool: (bool)->bool; (string)->bool
string: (string)->string; (int)->string; (uint)->string; (double)->string; (bool)->string; (bytes)->string; (timestamp)->string; (duration)->string; (net.IP)->string; (net.CIDR)->string
bytes: (bytes)->bytes; (string)->bytes
timestamp: (timestamp)->timestamp; (string)->timestamp; (int)->timestamp
duration: (duration)->duration; (string)->duration; (int)->duration
getFullYear: timestamp.()->int; timestamp.(string)->int
getMonth: timestamp.()->int; timestamp.(string)->int
getDayOfYear: timestamp.()->int; timestamp.(string)->int
getDayOfMonth: timestamp.()->int; timestamp.(string)->int
getDate: timestamp.()->int; timestamp.(string)->int
getDayOfWeek: timestamp.()->int; timestamp.(string)->int
getHours: timestamp.()->int; timestamp.(string)->int; duration.()->int
getMinutes: timestamp.()->int; timestamp.(string)->int; duration.()->int
getSeconds: timestamp.()->int; timestamp.(string)->int; duration.()->int
getMilliseconds: timestamp.()->int; timestamp.(string)->int; duration.()->int
contains: string.(string)->bool
startsWith: string.(string)->bool
endsWith: string.(string)->bool
matches: string.(string)->bool; (string,string)->bool
charAt: string.(int)->string
indexOf: string.(string)->int; string.(string,int)->int; list(A).(A)->int
lastIndexOf: string.(string)->int; string.(string,int)->int; list(A).(A)->int
lowerAscii: string.()->string
upperAscii: string.()->string
replace: string.(string,string)->string; string.(string,string,int)->string
split: string.(string)->list(string); string.(string,int)->list(string)
substring: string.(int)->string; string.(int,int)->string
trim: string.()->string
join: list(string).()->string; list(string).(string)->string
format: string.(list(dyn))->string
strings.quote: (string)->string
reverse: string.()->string; list(A).()->list(A)
find: string.(string)->string
findAll: string.(string)->list(string); string.(string,int)->list(string)
isSorted: list(A).()->bool
sum: list(A).()->A
min: list(A).()->A
max: list(A).()->A
distinct: list(A).()->list(A)
flatten: list(list(A)).()->list(A); list(dyn).()->list(dyn); list(dyn).(int)->list(dyn)
slice: list(A).(int,int)->list(A)
sort: list(A).()->list(A)
lists.range: (int)->list(int)
first: list(A).()->optional(A)
last: list(A).()->optional(A)
sets.contains: (list(A),list(A))->bool
sets.equivalent: (list(A),list(A))->bool
sets.intersects: (list(A),list(A))->bool
optional.of: (A)->optional(A)
optional.none: ()->optional(A)
optional.ofNonZeroValue: (A)->optional(A)
hasValue: optional(A).()->bool
value: optional(A).()->A
or: optional(A).(optional(A))->optional(A)
orValue: optional(A).(A)->A
optional.unwrap: (list(optional(A)))->list(A)
unwrapOpt: list(optional(A)).()->list(A)
url: (string)->kubernetes.URL
isURL: (string)->bool
getScheme: kubernetes.URL.()->string
getHost: kubernetes.URL.()->string
getHostname: kubernetes.URL.()->string
getPort: kubernetes.URL.()->string
getEscapedPath: kubernetes.URL.()->string
getQuery: kubernetes.URL.()->map(string,list(string))
quantity: (string)->kubernetes.Quantity
isQuantity: (string)->bool
isInteger: kubernetes.Quantity.()->bool
asInteger: kubernetes.Quantity.()->int
asApproximateFloat: kubernetes.Quantity.()->double
sign: kubernetes.Quantity.()->int
isGreaterThan: kubernetes.Quantity.(kubernetes.Quantity)->bool; kubernetes.Semver.(kubernetes.Semver)->bool
isLessThan: kubernetes.Quantity.(kubernetes.Quantity)->bool; kubernetes.Semver.(kubernetes.Semver)->bool
compareTo: kubernetes.Quantity.(kubernetes.Quantity)->int; kubernetes.Semver.(kubernetes.Semver)->int
add: kubernetes.Quantity.(kubernetes.Quantity)->kubernetes.Quantity; kubernetes.Quantity.(int)->kubernetes.Quantity
sub: kubernetes.Quantity.(kubernetes.Quantity)->kubernetes.Quantity; kubernetes.Quantity.(int)->kubernetes.Quantity
semver: (string)->kubernetes.Semver; (string,bool)->kubernetes.Semver
isSemver: (string)->bool; (string,bool)->bool
major: kubernetes.Semver.()->int
minor: kubernetes.Semver.()->int
patch: kubernetes.Semver.()->int
ip: (string)->net.IP; net.CIDR.()->net.IP
isIP: (string)->bool
ip.isCanonical: (string)->bool
family: net.IP.()->int
isUnspecified: net.IP.()->bool
isLoopback: net.IP.()->bool
isLinkLocalMulticast: net.IP.()->bool
isLinkLocalUnicast: net.IP.()->bool
isGlobalUnicast: net.IP.()->bool
cidr: (string)->net.CIDR
isCIDR: (string)->bool
containsIP: net.CIDR.(net.IP)->bool; net.CIDR.(string)->bool
containsCIDR: net.CIDR.(net.CIDR)->bool; net.CIDR.(string)->bool
masked: net.CIDR.()->net.CIDR
prefixLength: net.CIDR.()->int
format.named: (string)->optional(kubernetes.NamedFormat)
format.dns1123Label: ()->kubernetes.NamedFormat
format.dns1123Subdomain: ()->kubernetes.NamedFormat
format.dns1035Label: ()->kubernetes.NamedFormat
format.qualifiedName: ()->kubernetes.NamedFormat
format.dns1123LabelPrefix: ()->kubernetes.NamedFormat
format.dns1123SubdomainPrefix: ()->kubernetes.NamedFormat
format.dns1035LabelPrefix: ()->kubernetes.NamedFormat
format.labelValue: ()->kubernetes.NamedFormat
format.uri: ()->kubernetes.NamedFormat
format.uuid: ()->kubernetes.NamedFormat
format.byte: ()->kubernetes.NamedFormat
format.date: ()->kubernetes.NamedFormat
format.datetime: ()->kubernetes.NamedFormat
jsonpatch.escapeKey: (string)->string
validate: kubernetes.NamedFormat.(string)->optional(list(string))
path: kubernetes.authorization.Authorizer.(string)->kubernetes.authorization.PathCheck
group: kubernetes.authorization.Authorizer.(string)->kubernetes.authorization.GroupCheck
serviceAccount: kubernetes.authorization.Authorizer.(string,string)->kubernetes.authorization.Authorizer
resource: kubernetes.authorization.GroupCheck.(string)->kubernetes.authorization.ResourceCheck
subresource: kubernetes.authorization.ResourceCheck.(string)->kubernetes.authorization.ResourceCheck
namespace: kubernetes.authorization.ResourceCheck.(string)->kubernetes.authorization.ResourceCheck
name: kubernetes.authorization.ResourceCheck.(string)->kubernetes.authorization.ResourceCheck
fieldSelector: kubernetes.authorization.ResourceCheck.(string)->kubernetes.authorization.ResourceCheck
labelSelector: kubernetes.authorization.ResourceCheck.(string)->kubernetes.authorization.ResourceCheck
check: kubernetes.authorization.PathCheck.(string)->kubernetes.authorization.Decision; kubernetes.authorization.ResourceCheck.(string)->kubernetes.authorization.Decision
allowed: kubernetes.authorization.Decision.()->bool
reason: kubernetes.authorization.Decision.()->string
errored: kubernetes.authorization.Decision.()->bool
error: kubernetes.authorization.Decision.()->string
`;

function readSignature(text: string): Signature {
  const arrow = text.lastIndexOf("->");
  const call = text.slice(0, arrow);
  const result = readType(text.slice(arrow + 2).trim());
  let depth = 0;
  let open = call.length - 1;
  for (; open >= 0; open -= 1) {
    if (call[open] === ")") depth += 1;
    else if (call[open] === "(") depth -= 1;
    if (depth === 0) break;
  }
  const target = call.slice(0, open).replace(/\.$/, "");
  return { target: target === "" ? undefined : readType(target), args: readTypes(call.slice(open + 1, -1)), result };
}

function readTable(): ReadonlyMap<string, readonly Signature[]> {
  const found = new Map<string, readonly Signature[]>();
  for (const line of TABLE.split("\n")) {
    const colon = line.indexOf(": ");
    if (colon < 0) continue;
    found.set(line.slice(0, colon), line.slice(colon + 2).split(";").map((text) => readSignature(text.trim())));
  }
  const ordered = found.get("_<_") ?? [];
  for (const name of ["_<=_", "_>_", "_>=_"]) found.set(name, ordered);
  return found;
}

const made = new Map<"table", ReadonlyMap<string, readonly Signature[]>>();

/** The ways to call a function; undefined when there is none of that name. */
export function signaturesOf(name: string): readonly Signature[] | undefined {
  const table = made.get("table") ?? readTable();
  made.set("table", table);
  return table.get(name);
}

/** Names that stand before a dot without being a value: `strings`, `sets`, … */
export const NAMESPACES: ReadonlySet<string> = new Set(["strings", "sets", "lists", "optional", "format", "ip", "jsonpatch", "math"]);
