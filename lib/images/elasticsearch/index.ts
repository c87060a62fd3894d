import { curl } from "../base/curl/index";
import { shellPrograms } from "../base/shell-program";
import { defineRepository, type Repository } from "../image";
import { elasticsearch as node, HTTP, TRANSPORT } from "./node";

const repository = (name: string): Repository =>
  defineRepository(name, (tag) => ({
    entrypoint: ["/bin/tini", "--", "/usr/local/bin/docker-entrypoint.sh"],
    cmd: ["eswrapper"],
    ports: [HTTP, TRANSPORT],
    user: 1000,
    env: { ELASTIC_VERSION: /^\d+\.\d+\.\d+/.exec(tag)?.[0] ?? "9.1.4" },
    files: { "/usr/share/elasticsearch/data/": "", "/usr/share/elasticsearch/config/": "" },
    programs: shellPrograms({ curl }, ["bash"], { tini: node, elasticsearch: node, "docker-entrypoint.sh": node }),
    megabytes: 600,
  }));

/** Elasticsearch, by its old address and its own. */
export const elasticsearch: readonly Repository[] = [repository("docker.elastic.co/elasticsearch/elasticsearch"), repository("docker.io/library/elasticsearch")];
