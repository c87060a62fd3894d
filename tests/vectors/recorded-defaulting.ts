import { readFileSync } from "node:fs";
import { kindOf, type JsonObject, type KubeObject } from "@/lib/engine/apimachinery/meta";
import { compare, type Adapter, type VectorCase } from "./adapter";
import { bareServer } from "./api-server";
import { comparable } from "./defaults";

/** Objects a case needs, from the cases named in its `setup`. */
function neededBy(setup: readonly unknown[], file: string): readonly JsonObject[] {
  if (setup.length === 0) return [];
  const cases = readFileSync(file, "utf8").split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as VectorCase);
  return setup.flatMap((id) => cases.filter((one) => one.id === id).map((one) => one.input as JsonObject));
}

/** Generated endings differ from run to run. */
function anonymous(value: unknown): unknown {
  const text = JSON.stringify(value).replaceAll(/kube-api-access-[a-z0-9]{5}/g, "kube-api-access-<rand>").replaceAll(/"gen-[a-z0-9]{5}"/g, '"gen-<rand>"');
  return JSON.parse(text);
}

/** `recorded/defaulting`: only kinds the engine knows; allocated addresses are not compared. */
export const recordedDefaulting: Adapter = ({ input, expected, namespace, setup }, file) => {
  const server = bareServer({ accounts: true });
  const needed = neededBy(setup ?? [], file);
  if (needed.length < (setup ?? []).length) return { skip: "needs a case that was kept aside" };
  for (const object of needed) server.keep(object, namespace);
  if (server.definition(kindOf(input as unknown as KubeObject)) === undefined) return { skip: "kind not in the engine yet" };
  return compare(anonymous(comparable(server.create(input as JsonObject, namespace))), anonymous(comparable(expected)));
};
