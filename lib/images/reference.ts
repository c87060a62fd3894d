/** An image reference in its parts. Upstream: distribution/reference, ParseNormalizedNamed. */
export interface Reference {
  readonly registry: string;
  readonly path: string;
  readonly tag: string;
  /** Registry and path: `docker.io/library/nginx`. */
  readonly name: string;
  /** Name and tag: `docker.io/library/nginx:1.29`. */
  readonly full: string;
}

/** Reads a reference as a container runtime does: `nginx` is `docker.io/library/nginx:latest`; a digest is taken as the tag `latest`. */
export function parseReference(text: string): Reference {
  const [named = ""] = text.split("@");
  const slash = named.indexOf("/");
  const first = slash < 0 ? "" : named.slice(0, slash);
  const hasRegistry = first.includes(".") || first.includes(":") || first === "localhost";
  const registry = hasRegistry ? first : "docker.io";
  const rest = hasRegistry ? named.slice(slash + 1) : named;
  const colon = rest.lastIndexOf(":");
  const bare = colon < 0 ? rest : rest.slice(0, colon);
  const tag = colon < 0 ? "latest" : rest.slice(colon + 1);
  const path = registry === "docker.io" && !bare.includes("/") ? `library/${bare}` : bare;
  return { registry, path, tag, name: `${registry}/${path}`, full: `${registry}/${path}:${tag}` };
}
