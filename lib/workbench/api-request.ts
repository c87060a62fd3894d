import { millis, type Cluster, type JsonObject } from "@/lib/engine";
import { handle, type ExecCall, type RestAnswer } from "@/lib/rest";
import type { Effect } from "./bench";
import { answerLimits, type ApiRequest } from "./input";

type Answered = NonNullable<Effect["response"]>;

/** Who a student is to the API of their own cluster. */
export const STUDENT = { name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"] } as const;

const READING = new Set(["GET", "HEAD", "OPTIONS"]);
/** Most virtual time a command in a container may take before it is left alone. */
const PATIENCE = 15 * 60_000;
const STEP = 100;

/**
 * Does what a client of the API asked for: the answer as it would travel, and the controllers' turn after a write.
 *
 * A command in a container (`…/exec?command=…`, standard input in the body) runs to its end and is answered as JSON
 * `{stdout, stderr, exitCode}`; what cannot be told at once (a watch, a log that follows) changes nothing and is empty.
 */
export function doRequest(cluster: Cluster, { method, path, body = "", contentType = "application/json", agent, user = STUDENT }: ApiRequest): Effect {
  if (body.length > answerLimits.file) return { refused: { code: "workbench.file-too-large", params: { limit: answerLimits.file } } };
  const mark = path.indexOf("?");
  const exec = /\/exec(\?|$)/.test(path);
  const answer = handle(
    {
      method,
      path: mark < 0 ? path : path.slice(0, mark),
      query: mark < 0 ? "" : path.slice(mark + 1),
      headers: { accept: "application/json", ...(agent === undefined ? {} : { "user-agent": agent }), ...(body === "" ? {} : { "content-type": contentType }), ...(exec ? { upgrade: "websocket", connection: "Upgrade" } : {}) },
      body: exec ? "" : body,
      user,
    },
    cluster,
  );
  const response = answered(cluster, answer, body);
  if (!READING.has(method)) cluster.advance(millis(0));
  return { response };
}

function answered(cluster: Cluster, answer: RestAnswer, input: string): Answered {
  switch (answer.type) {
    case "body":
      return { code: answer.status, body: answer.body, contentType: answer.headers["Content-Type"] ?? "application/json", headers: answer.headers };
    case "exec":
      return answer.call.attach ? nothing() : jsonOf(200, ran(cluster, answer.call, input));
    default:
      return nothing();
  }
}

const nothing = (): Answered => ({ code: 200, body: "", contentType: "application/json", headers: {} });

function jsonOf(code: number, value: JsonObject): Answered {
  return { code, body: JSON.stringify(value), contentType: "application/json", headers: { "Content-Type": "application/json" } };
}

/** What a command prints, and how it ends; a command that outlives all patience is ended, as by SIGKILL. */
function ran(cluster: Cluster, call: ExecCall, input: string): JsonObject {
  const started = cluster.exec(call.pod, call.container, call.command, call.stdin ? input : undefined);
  if ("error" in started) return { error: started.error };
  const until = cluster.now + PATIENCE;
  let result = cluster.execResult(started.id);
  while (result && !result.done && cluster.now < until) {
    cluster.advance(millis(STEP));
    result = cluster.execResult(started.id);
  }
  cluster.endExec(started.id);
  if (!result) return { stdout: "", stderr: "", exitCode: 137 };
  return { stdout: result.stdout, stderr: result.stderr, exitCode: result.done ? result.exitCode : 137 };
}
