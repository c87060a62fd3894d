/** Where webhooks are called. Upstream: `apiserver/pkg/util/webhook/validation.go`. */
import type { JsonObject } from "../apimachinery/meta";
import { dns1123SubdomainErrors } from "../apimachinery/names";
import type { Findings } from "./findings";
import { has, numberAt, textAt } from "./json-object";

const DELETE = "\u007f";
const FORM = "; desired format: https://host[/path]";

interface Address {
  readonly scheme: string;
  readonly user: string | undefined;
  readonly host: string;
  readonly query: string;
  readonly fragment: string;
}

function cut(text: string, at: string): readonly [string, string] {
  const i = text.indexOf(at);
  return i < 0 ? [text, ""] : [text.slice(0, i), text.slice(i + 1)];
}

/** The parts of an address as Go's `url.Parse` finds them, or what it says. */
function parse(url: string): Address | string {
  const problem = (what: string): string => `parse ${JSON.stringify(url)}: ${what}`;
  const [beforeFragment, fragment] = cut(url, "#");
  if ([...beforeFragment].some((character) => character < " " || character === DELETE)) return problem("net/url: invalid control character in URL");
  if (beforeFragment.startsWith(":")) return problem("missing protocol scheme");
  const scheme = (/^[a-zA-Z][a-zA-Z0-9+.-]*(?=:)/.exec(beforeFragment) ?? [""])[0];
  const [rest, query] = cut(scheme === "" ? beforeFragment : beforeFragment.slice(scheme.length + 1), "?");
  if (scheme === "" && !rest.startsWith("/") && cut(rest, "/")[0].includes(":")) return problem("first path segment in URL cannot contain colon");
  if (!rest.startsWith("//")) return { scheme: scheme.toLowerCase(), user: undefined, host: "", query, fragment };
  const authority = cut(rest.slice(2), "/")[0];
  const sign = authority.lastIndexOf("@");
  const host = authority.slice(sign + 1);
  const port = /:([^:\]]*)$/.exec(host)?.[1];
  if (port !== undefined && !/^[0-9]*$/.test(port)) return problem(`invalid port ${JSON.stringify(`:${port}`)} after host`);
  if (/[ <>"%]/.test(host)) return problem(host.includes("%") ? `invalid URL escape ${JSON.stringify(host.slice(host.indexOf("%"), host.indexOf("%") + 3))}` : `invalid character ${JSON.stringify((/[ <>"]/.exec(host) ?? [""])[0])} in host name`);
  return { scheme: scheme.toLowerCase(), user: sign < 0 ? undefined : authority.slice(0, sign), host, query, fragment };
}

/** The address of a webhook outside the cluster. */
export function validateWebhookUrl(found: Findings, path: string, url: string): void {
  const address = parse(url);
  if (typeof address === "string") {
    found.required(path, `url must be a valid URL: ${address}${FORM}`);
    return;
  }
  if (address.scheme !== "https") found.invalid(path, address.scheme, `'https' is the only allowed URL scheme${FORM}`);
  if (address.host === "") found.invalid(path, "", `host must be provided${FORM}`);
  if (address.user !== undefined) found.invalid(path, address.user, "user information is not permitted in the URL");
  if (address.fragment !== "") found.invalid(path, address.fragment, "fragments are not permitted in the URL");
  if (address.query !== "") found.invalid(path, address.query, "query parameters are not permitted in the URL");
}

/** The Service behind which a webhook stands. */
export function validateWebhookService(found: Findings, at: string, service: JsonObject): void {
  for (const field of ["name", "namespace"]) if (textAt(service, field) === "") found.required(`${at}.${field}`, `service ${field} is required`);
  const port = numberAt(service, "port") ?? 443;
  if (port < 1 || port > 65535) found.invalid(`${at}.port`, port, "port is not valid: must be between 1 and 65535, inclusive");
  const path = textAt(service, "path");
  if (!has(service, "path") || path === "" || path === "/") return;
  if (path === "//") {
    found.invalid(`${at}.path`, path, "segment[0] may not be empty");
    return;
  }
  if (!path.startsWith("/")) found.invalid(`${at}.path`, path, "must start with a '/'");
  path.slice(1).replace(/\/$/, "").split("/").forEach((step, i) => {
    if (step === "") found.invalid(`${at}.path`, path, `segment[${i}] may not be empty`);
    else for (const wrong of dns1123SubdomainErrors(step)) found.invalid(`${at}.path`, path, `segment[${i}]: ${wrong}`);
  });
}
