import { defineProgram, type Json } from "@/lib/engine";
import { shellPrograms } from "../base/shell-program";
import { defineRepository } from "../image";

interface Kept {
  readonly [key: string]: { readonly flags: string; readonly value: string; readonly until: number };
}

const KEY = /^[\x21-\x7e]{1,250}$/;
/** Most keys held; the oldest make room. */
const MOST = 2_000;

interface Round {
  readonly kept: Kept;
  readonly said: readonly string[];
}

/** The text protocol: a command a line, a stored value on the line after it. */
function converse(given: Kept, text: string, now: number): Round {
  let kept = given;
  const said: string[] = [];
  const words = text.split(/\r?\n/);
  const alive = (key: string): boolean => Object.hasOwn(kept, key) && ((kept[key]?.until ?? 0) === 0 || (kept[key]?.until ?? 0) > now);
  for (let i = 0; i < words.length; i += 1) {
    const [verb = "", key = "", flags = "0", life = "0"] = (words[i] ?? "").trim().split(/\s+/);
    if (verb === "") continue;
    if (verb === "set" || verb === "add" || verb === "replace") {
      const value = words[(i += 1)] ?? "";
      if (!KEY.test(key)) said.push("CLIENT_ERROR bad command line format");
      else if ((verb === "add" && alive(key)) || (verb === "replace" && !alive(key))) said.push("NOT_STORED");
      else {
        kept = { ...Object.fromEntries(Object.entries(kept).filter(([name]) => name !== key).slice(-(MOST - 1))), [key]: { flags, value, until: Number(life) > 0 ? now + Number(life) * 1000 : 0 } };
        said.push("STORED");
      }
    } else if (verb === "get" || verb === "gets") {
      for (const name of (words[i] ?? "").trim().split(/\s+/).slice(1)) if (alive(name)) said.push(`VALUE ${name} ${kept[name]?.flags ?? "0"} ${(kept[name]?.value ?? "").length}`, kept[name]?.value ?? "");
      said.push("END");
    } else if (verb === "delete") {
      said.push(alive(key) ? "DELETED" : "NOT_FOUND");
      kept = Object.fromEntries(Object.entries(kept).filter(([name]) => name !== key));
    } else if (verb === "incr" || verb === "decr") {
      const old = kept[key];
      if (!old || !alive(key)) said.push("NOT_FOUND");
      else {
        const value = String(Math.max(0, Number(old.value) + (verb === "incr" ? Number(flags) || 0 : -(Number(flags) || 0))));
        kept = { ...kept, [key]: { ...old, value } };
        said.push(value);
      }
    } else if (verb === "flush_all") {
      kept = {};
      said.push("OK");
    } else if (verb === "stats") said.push(`STAT curr_items ${Object.keys(kept).filter(alive).length}`, "END");
    else if (verb === "version") said.push("VERSION 1.6.39");
    else if (verb !== "quit") said.push("ERROR");
  }
  return { kept, said };
}

/** Memcached: keys in memory, gone with its process. */
const server = defineProgram<Json>({
  start: (process) => (process.portTaken(11211) ? { state: {}, log: [{ stderr: "failed to listen on TCP port 11211: Address in use" }], exit: { code: 71 } } : { state: {}, listen: [11211], usage: { cpuMilli: 1, memoryBytes: 3_000_000 } }),
  onRequest(state, request, process) {
    const { kept, said } = converse(state as unknown as Kept, request.body, process.now);
    return { state: kept as unknown as Json, response: { status: 0, body: said.map((line) => `${line}\r\n`).join("") } };
  },
  onSignal: (state) => ({ state, exit: { code: 0 } }),
});

/** The memcached image. */
export const memcached = defineRepository("docker.io/library/memcached", () => ({ entrypoint: ["docker-entrypoint.sh"], cmd: ["memcached"], user: 11211, ports: [11211], programs: shellPrograms({}, [], { "docker-entrypoint.sh": server, memcached: server }), megabytes: 33 }));
