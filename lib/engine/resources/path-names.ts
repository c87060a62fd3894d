/** Names that become parts of paths. Upstream: `apimachinery/pkg/api/validation/path`, `IsDomainPrefixedPath`. */
import { dns1123SubdomainErrors } from "../apimachinery/names";

/** A name that may be anything that fits between two slashes of an address. */
export function pathSegmentErrors(name: string): readonly string[] {
  if (name === "." || name === "..") return [`may not be '${name}'`];
  return ["/", "%"].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`);
}

/** `example.com/path`: a domain and what follows it. */
export function domainPrefixedPathErrors(name: string): readonly string[] {
  if (name === "") return ["must be non-empty"];
  const slash = name.indexOf("/");
  if (slash <= 0 || slash === name.length - 1) return ["must be a domain-prefixed path (such as \"acme.io/foo\")"];
  const [domain, path] = [name.slice(0, slash), name.slice(slash + 1)];
  const wrong = dns1123SubdomainErrors(domain).map((message) => `prefix part ${message}`);
  if (!/^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(path)) return [...wrong, "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')"];
  return wrong;
}
