import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ApiError } from "@/lib/engine/apimachinery/api-error";
import { kindOf, type JsonObject, type KubeObject } from "@/lib/engine/apimachinery/meta";
import { resourceFor } from "@/lib/engine/resources/index";
import { createCluster } from "@/lib/engine";
import { parseManifests } from "@/lib/manifest";
import { handle } from "@/lib/rest";
import { same, type Adapter, type Verdict } from "./adapter";
import { bareServer } from "./api-server";
import { comparable, withoutAccount } from "./defaults";

const server = bareServer();

/** What the client says of a kind no server has: `v1beta1` and older are gone, other people's kinds never were there. */
function noMatch({ apiVersion, kind }: KubeObject): string {
  return `no matches for kind "${kind}" in version "${apiVersion}"`;
}

/** Addresses are looked for in the range of the recording's cluster. */
const ours = (message: string): string => message.replaceAll("10.96.0.0/12", "10.96.0.0/16");

/** A name of the server's own making is as good as any other. */
function named(value: unknown, object: JsonObject): unknown {
  const given = (object["metadata"] ?? {}) as { readonly name?: string; readonly generateName?: string };
  if (given.generateName === undefined || given.name !== undefined) return value;
  return JSON.parse(JSON.stringify(value).replace(new RegExp(`"${given.generateName}[a-z0-9]{5}"`, "g"), `"${given.generateName}<rand>"`)) as unknown;
}

/** What a refusal says, but for the words Go's reflection puts around a value. */
function refused(expected: Readonly<Record<string, unknown>>, code: number, message: string): Verdict {
  const wanted = String(expected.message ?? "");
  return { pass: expected.accepted !== true && expected.httpStatus === code && (wanted === message || wanted.endsWith(`: ${message}`)), got: { code, message } };
}

/** Reviews are asked over the wire and stored nowhere. */
function reviewed(object: JsonObject): JsonObject {
  const images = { pull: () => ({ error: { code: "image.not-found", params: {}, about: [] }, message: "" }) as never };
  const cluster = createCluster({ seed: 1, kubernetesVersion: "1.36.2", nodes: [], images });
  const path = `/apis/${String(object["apiVersion"])}/${String(object["kind"]).toLowerCase()}s`;
  const answer = handle({ method: "POST", path, query: "", headers: {}, body: JSON.stringify(object), user: { name: "kubernetes-admin", groups: ["system:masters"] } }, cluster);
  return answer.type === "body" ? (JSON.parse(answer.body) as JsonObject) : {};
}

/** The corpus of real manifests: accepted ones are stored as the server stores them, rejected ones refused for the recorded reason. */
export const manifest: Adapter = ({ input, expected }, file) => {
  const text = readFileSync(join(dirname(file), String(input.file)), "utf8");
  const object = parseManifests(text).documents[0]?.value as JsonObject | undefined;
  if (object === undefined) return { pass: false, got: "not an object" };
  const typed = object as unknown as KubeObject;
  if (/^authorization\.k8s\.io\/v1$/.test(typed.apiVersion)) {
    const got = comparable(reviewed(object));
    return { pass: expected.accepted === true && same(got, comparable(expected.stored)), got };
  }
  if (resourceFor(kindOf(typed)) === undefined) return refused(expected, 404, noMatch(typed));
  try {
    const made = named(withoutAccount(comparable(server.create(object, "default", true))), object);
    return expected.accepted !== true ? { pass: false, got: "accepted" } : { pass: same(made, named(withoutAccount(comparable(expected.stored)), object)), got: made };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return refused(expected, error.status.code, ours(error.message));
  }
};
