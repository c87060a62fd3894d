import { shellPrograms } from "../base/shell-program";
import { entrypointOf } from "../entrypoint";
import { defineRepository } from "../image";
import { benchmark, cliOf } from "./cli";
import { serverOf } from "./server";
import { versionOf } from "./version";

/** The redis image: a server that keeps its folder `/data`, and its client. */
export const redis = defineRepository("docker.io/library/redis", (tag) => {
  const version = versionOf(tag);
  const server = serverOf(version);
  const programs = shellPrograms({ "redis-cli": cliOf(version), "redis-benchmark": benchmark }, [], { "redis-server": server }, tag.includes("alpine") ? { tools: "busybox" } : {});
  const shell = programs["sh"] ?? server;
  return {
    entrypoint: ["docker-entrypoint.sh"],
    cmd: ["redis-server"],
    workingDir: "/data",
    ports: [6379],
    files: { "/data/": "" },
    programs: { ...programs, "docker-entrypoint.sh": entrypointOf(server, shell, "redis-server", /^-|\.conf$/) },
    megabytes: tag.includes("alpine") ? 17 : 53,
  };
});
