import { defineProgram, type Json } from "@/lib/engine";
import { redisCli } from "../base/network-commands";
import { shellPrograms } from "../base/shell-program";
import { defineRepository } from "../image";

type Keys = Readonly<Record<string, string>>;

/** Redis with its keys in memory: they go with the process. */
const server = defineProgram<Json>({
  start: (process) => ({ state: {}, listen: [6379], log: [`1:M ${process.timestamp} * Ready to accept connections tcp`] }),
  onRequest(state, request) {
    const keys = state as Keys;
    const [verb = "", key = "", ...value] = request.body.trim().split(/\s+/);
    switch (verb.toUpperCase()) {
      case "PING":
        return { state, response: { status: 0, body: "PONG" } };
      case "SET":
        return { state: { ...keys, [key]: value.join(" ") }, response: { status: 0, body: "OK" } };
      case "GET":
        return { state, response: { status: 0, body: Object.hasOwn(keys, key) ? (keys[key] ?? "") : "(nil)" } };
      case "DEL":
        return { state: Object.fromEntries(Object.entries(keys).filter(([name]) => name !== key)), response: { status: 0, body: `(integer) ${Object.hasOwn(keys, key) ? 1 : 0}` } };
      case "INCR": {
        const next = String(Number(keys[key] ?? "0") + 1);
        return { state: { ...keys, [key]: next }, response: { status: 0, body: `(integer) ${next}` } };
      }
      default:
        return { state, response: { status: 0, body: request.protocol === "redis" ? `(error) ERR unknown command '${verb}'` : "" } };
    }
  },
  onSignal: (state) => ({ state, exit: { code: 0 } }),
});

/** The redis image. */
export const redis = defineRepository("docker.io/library/redis", (tag) => ({ cmd: ["redis-server"], workingDir: "/data", ports: [6379], programs: shellPrograms({ "redis-cli": redisCli }, [], { "redis-server": server }, tag.includes("alpine") ? { tools: "busybox" } : {}), megabytes: 53 }));
