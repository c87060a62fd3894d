import type { AppRequest, AppResponse } from "../machine/behaviour";
import type { NetworkReason } from "../reason";
import type { Service } from "../resources/core/service/service";
import { inCidr } from "../world/ipv6";
import { hostRank, patternOf, type IngressMatch } from "./ingress-match";
import { errorPage, redirect, type ProxyKind } from "./proxy-kinds";
import { findPattern } from "./safe-pattern";

/** What a controller's own annotations ask for. */
export interface IngressSettings {
  /** The path as the backend gets it. */
  readonly rewrite?: (path: string) => string;
  /** The cookie by which a client keeps its backend. */
  readonly cookie?: string;
  /** Send plain requests to https first. */
  readonly toHttps: boolean;
  readonly allow?: readonly string[];
  readonly moved?: string;
}

const NGINX = "nginx.ingress.kubernetes.io/";
const HAPROXY = "haproxy.org/";
const TRAEFIK = "traefik.ingress.kubernetes.io/";

/**
 * Reads the annotations of the Ingress, and for Traefik those of the Service, that this kind of controller knows. Those of other
 * controllers mean nothing to it.
 * Upstream: ingress-nginx annotations (rewrite-target, affinity, ssl-redirect, whitelist-source-range, permanent-redirect); haproxytech path-rewrite, cookie-persistence, ssl-redirect; traefik service.sticky.cookie.
 */
export function settingsOf(kind: ProxyKind, found: IngressMatch, service: Service | undefined): IngressSettings {
  const own = found.ingress.metadata.annotations ?? {};
  if (kind.name === "nginx") {
    const target = own[`${NGINX}rewrite-target`];
    const allow = own[`${NGINX}whitelist-source-range`] ?? own[`${NGINX}allowlist-source-range`];
    const moved = own[`${NGINX}permanent-redirect`];
    return {
      ...(target === undefined ? {} : { rewrite: (path: string) => rewriteTarget(path, found.path ?? "/", target) }),
      ...(own[`${NGINX}affinity`] === "cookie" ? { cookie: own[`${NGINX}session-cookie-name`] ?? "INGRESSCOOKIE" } : {}),
      toHttps: own[`${NGINX}ssl-redirect`] !== "false",
      ...(allow === undefined ? {} : { allow: ranges(allow) }),
      ...(moved === undefined ? {} : { moved }),
    };
  }
  if (kind.name === "haproxy") {
    const rule = own[`${HAPROXY}path-rewrite`]?.trim().split(/\s+/);
    const cookie = own[`${HAPROXY}cookie-persistence`];
    const allow = own[`${HAPROXY}allow-list`] ?? own[`${HAPROXY}whitelist`];
    return {
      ...(rule === undefined ? {} : { rewrite: (path: string) => rewriteHaproxy(path, rule) }),
      ...(cookie === undefined ? {} : { cookie }),
      toHttps: own[`${HAPROXY}ssl-redirect`] !== "false",
      ...(allow === undefined ? {} : { allow: ranges(allow) }),
    };
  }
  const sticky = service?.metadata.annotations?.[`${TRAEFIK}service.sticky.cookie`] === "true";
  return { ...(sticky ? { cookie: service?.metadata.annotations?.[`${TRAEFIK}service.sticky.cookie.name`] ?? "_traefik" } : {}), toHttps: false };
}

function ranges(text: string): readonly string[] {
  return text.split(",").map((range) => range.trim()).filter((range) => range !== "").map((range) => (range.includes("/") ? range : `${range}/32`));
}

/** `$1` stands for what the first group of the rule's path matched. */
function rewriteTarget(path: string, rule: string, target: string): string {
  const [before = "/", query] = path.split("?");
  const groups = findPattern(patternOf(rule), before);
  const to = target.replace(/\$(\d)/g, (_, group: string) => groups?.[Number(group)] ?? "");
  return (to.startsWith("/") ? to : `/${to}`) + (query === undefined ? "" : `?${query}`);
}

/** `PATH` replaces all of it, `PATTERN REPLACEMENT` what matches. */
function rewriteHaproxy(path: string, [first = "", second]: readonly string[]): string {
  if (second === undefined) return first;
  const pattern = patternOf(first.replace(/^\^/, ""));
  return findPattern(pattern, path) && pattern ? path.replace(pattern, second.replace(/\\(\d)/g, (_, group: string) => `$${group}`)) : path;
}

/** What the controller answers itself before asking any backend: a redirect, or a refusal. */
export function gateIngress(kind: ProxyKind, settings: IngressSettings, found: IngressMatch, request: AppRequest & { readonly secure: boolean }, host: string): { readonly answer: AppResponse; readonly code: NetworkReason } | undefined {
  if (settings.allow && !settings.allow.some((range) => inCidr(request.from.ip, range))) return { answer: errorPage(kind, 403), code: "ingress.source-refused" };
  if (settings.moved !== undefined) return { answer: redirect(kind, 301, settings.moved), code: "ingress.redirected" };
  const covered = (found.ingress.spec.tls ?? []).some((tls) => (tls.hosts ?? []).some((own) => hostRank(own, host) > 1));
  if (settings.toHttps && covered && !request.secure) return { answer: redirect(kind, kind.name === "haproxy" ? 302 : 308, `https://${host}${request.path}`), code: "ingress.redirected" };
  return undefined;
}
