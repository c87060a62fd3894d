import { compareStrings } from "../apimachinery/compare";
import type { Ingress, IngressBackend } from "../resources/networking/ingress/ingress";
import { findPattern, safePattern } from "./safe-pattern";

/** How an Ingress path is compared with a request's. */
export type PathType = "Exact" | "Prefix" | "ImplementationSpecific";

/** What an Ingress made of a request: the backend, the rule's path and host, and the Ingress itself. */
export interface IngressMatch {
  readonly ingress: Ingress;
  readonly backend: IngressBackend;
  readonly path?: string;
  readonly pathType?: PathType;
}

/** A request as rules see it. */
export interface IngressRequest {
  readonly host: string;
  readonly path: string;
}

/** 3 exact host, 2 wildcard (one label), 1 no host given, 0 does not match. Case does not count. */
export function hostRank(rule: string | undefined, host: string): 0 | 1 | 2 | 3 {
  if (rule === undefined || rule === "") return 1;
  const [own, asked] = [rule.toLowerCase(), host.toLowerCase()];
  if (own === asked) return 3;
  if (!own.startsWith("*.")) return 0;
  const dot = asked.indexOf(".");
  return dot > 0 && asked.slice(dot) === own.slice(1) ? 2 : 0;
}

/**
 * Does the rule's path cover the request's? Prefixes go by whole segments; letter case counts. ImplementationSpecific is taken as
 * a prefix, as nginx, Traefik and HAProxy do, or as a regular expression where the controller was told so.
 */
export function pathMatches(rule: string, type: PathType, path: string, regex = false): boolean {
  const asked = path.split("?")[0] ?? "/";
  if (regex && type !== "Exact") return findPattern(patternOf(rule), asked) !== undefined;
  if (type === "Exact") return asked === rule;
  const prefix = rule.replace(/\/+$/, "");
  return asked === prefix || asked.startsWith(`${prefix}/`);
}

/** A path as nginx's location patterns match it: from the start, whatever the letter case. Undefined when it is no pattern, or a dangerous one. */
export function patternOf(path: string): RegExp | undefined {
  return safePattern(`^${path}`, "i");
}

/** Picks among paths the one a request takes: an exact one that matches, then the longest. */
export function bestPath<T extends { readonly path?: string; readonly pathType?: PathType }>(paths: readonly T[], path: string): T | undefined {
  return bestOf(paths.filter((entry) => pathMatches(entry.path ?? "/", entry.pathType ?? "ImplementationSpecific", path)));
}

/** Annotations of ingress-nginx that turn paths into patterns. */
function usesPatterns(ingress: Ingress): boolean {
  const annotations = ingress.metadata.annotations ?? {};
  return annotations["nginx.ingress.kubernetes.io/use-regex"] === "true" || /\$\d/.test(annotations["nginx.ingress.kubernetes.io/rewrite-target"] ?? "");
}

/**
 * The rule a request takes: the most exact host first, among its paths an exact one and then the longest; the older Ingress where
 * two say the same. Rules of other hosts never serve it. Without one, an Ingress's default backend.
 * Upstream: networking/v1 Ingress.
 */
export function matchIngress(ingresses: readonly Ingress[], { host, path }: IngressRequest): IngressMatch | undefined {
  const ordered = [...ingresses].sort(
    (a, b) => compareStrings(a.metadata.creationTimestamp ?? "", b.metadata.creationTimestamp ?? "") || compareStrings(a.metadata.namespace ?? "", b.metadata.namespace ?? "") || compareStrings(a.metadata.name, b.metadata.name),
  );
  for (const rank of [3, 2, 1]) {
    const candidates = ordered.flatMap((ingress) =>
      (ingress.spec.rules ?? [])
        .filter((rule) => hostRank(rule.host, host) === rank)
        .flatMap((rule) => {
          const entries = (rule.http?.paths ?? []).map((entry) => ({ ...entry, ingress }));
          return entries.filter((entry) => pathMatches(entry.path ?? "/", entry.pathType ?? "ImplementationSpecific", path, usesPatterns(ingress)));
        }),
    );
    const best = bestOf(candidates);
    if (best) return { ingress: best.ingress, backend: best.backend, path: best.path ?? "/", pathType: best.pathType ?? "ImplementationSpecific" };
    // A host of one's own shadows the wildcard and the nameless rules, even where none of its paths matches.
    const named = ordered.some((ingress) => (ingress.spec.rules ?? []).some((rule) => hostRank(rule.host, host) === rank));
    if (named && rank > 1) break;
  }
  const fallback = ordered.find((ingress) => ingress.spec.defaultBackend);
  return fallback?.spec.defaultBackend && { ingress: fallback, backend: fallback.spec.defaultBackend };
}

function bestOf<T extends { readonly path?: string; readonly pathType?: PathType }>(candidates: readonly T[]): T | undefined {
  const length = (entry: T): number => (entry.path ?? "/").length;
  const exact = (entry: T): number => (entry.pathType === "Exact" ? 1 : 0);
  return [...candidates].sort((a, b) => exact(b) - exact(a) || length(b) - length(a))[0];
}

/** The TLS secret an Ingress names for a host. */
export function tlsSecretFor(ingresses: readonly Ingress[], host: string): { readonly namespace: string; readonly name: string } | undefined {
  for (const rank of [3, 2]) {
    for (const ingress of ingresses) {
      const entry = (ingress.spec.tls ?? []).find((tls) => (tls.hosts ?? []).some((own) => hostRank(own, host) === rank));
      if (entry?.secretName !== undefined) return { namespace: ingress.metadata.namespace ?? "", name: entry.secretName };
    }
  }
  return undefined;
}
