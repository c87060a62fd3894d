/** The registry: every image a pod can run, by the name a registry knows it. */
import { reason, type Image, type ImageCatalog } from "@/lib/engine";
import { bases } from "./base/index";
import { hpaExample } from "./hpa-example/index";
import { elasticsearch } from "./elasticsearch/index";
import { etcd } from "./etcd/index";
import { httpd } from "./httpd/index";
import { gitSync } from "./git-sync/index";
import type { Repository } from "./image";
import { kibana } from "./kibana/index";
import { known as wellKnown } from "./known/index";
import { istio } from "./istio/index";
import { logs } from "./logs/index";
import { mariadb } from "./mariadb/index";
import { memcached } from "./memcached/index";
import { metricsServer } from "./metrics-server/index";
import { monitoring } from "./monitoring/index";
import { nginx } from "./nginx/index";
import { plain } from "./plain/index";
import { openShiftRouter } from "./openshift/index";
import { parseReference } from "./reference";
import { postgres } from "./postgres/index";
import { proxies } from "./proxies/index";
import { redis } from "./redis/index";
import { sessions } from "./sessions/index";
import { wordpress } from "./wordpress/index";

/** The catalogue, one line a family. */
export const repositories: readonly Repository[] = [...bases, nginx, httpd, wordpress, ...mariadb, ...elasticsearch, ...etcd, redis, metricsServer, hpaExample, ...istio, openShiftRouter, ...logs, postgres, memcached, ...sessions, ...kibana, ...gitSync, ...monitoring, ...proxies, ...plain, ...wellKnown];

const byName: ReadonlyMap<string, Repository> = new Map(repositories.map((repository) => [repository.name, repository]));

const known = new Map<string, Image>();

/** An image, made once. Only so many are kept: references are hostile input, and an image can always be made again. */
function made(repository: Repository, full: string, tag: string): Image {
  const image = known.get(full) ?? repository.image(full, tag);
  if (known.size < 500) known.set(full, image);
  return image;
}

/** Images by what they were lately asked for as; only so many, and none that was refused. */
const asked = new Map<string, { readonly image: Image }>();

/** Words that real tags are made of; anything else is a tag nobody published. */
const TAG = /^(latest|stable|mainline|lts|edge|alpine|slim|bookworm|trixie|noble|jammy|perl|apache|musl|glibc|uclibc|v?\d[\w.]*)(-[\w.]+)*$/;

/**
 * What a registry answers. A repository nobody knows, a tag nobody published and a registry nobody
 * runs are refused with the text containerd prints.
 */
export const catalog: ImageCatalog = {
  pull(reference) {
    const before = asked.get(reference);
    if (before) return before;
    const parsed = parseReference(reference);
    const failed = (detail: string) => ({ error: reason("image.not-found", { image: parsed.full }), message: `failed to pull and unpack image "${parsed.full}": failed to resolve reference "${parsed.full}": ${detail}` });
    const repository = byName.get(parsed.name);
    if (repository && TAG.test(parsed.tag)) {
      const answer = { image: made(repository, parsed.full, parsed.tag) };
      if (asked.size < 500) asked.set(reference, answer);
      return answer;
    }
    if (repository) return failed(`${parsed.full}: not found`);
    if (parsed.registry === "docker.io") return failed("pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed");
    if (["registry.k8s.io", "quay.io", "ghcr.io", "gcr.io"].includes(parsed.registry)) return failed(`${parsed.full}: not found`);
    return failed(`failed to do request: Head "https://${parsed.registry}/v2/${parsed.path}/manifests/${parsed.tag}": dial tcp: lookup ${parsed.registry}: no such host`);
  },
};

export { curl } from "./base/curl/index";
export type { Caller, NetworkCommand } from "./base/network-command";
export { nc } from "./base/netcat";
export { nslookup } from "./base/nslookup";
export { wget } from "./base/wget/gnu";
export { dig, host, ping } from "./base/looking-commands";
