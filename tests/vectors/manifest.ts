import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseAllDocuments } from "yaml";
import { ApiError } from "@/lib/engine/apimachinery/api-error";
import { kindOf, type JsonObject, type KubeObject } from "@/lib/engine/apimachinery/meta";
import { resourceFor } from "@/lib/engine/resources/index";
import { compare, type Adapter } from "./adapter";
import { bareServer } from "./api-server";
import { comparable, withoutAccount } from "./defaults";

const server = bareServer();

/** The corpus of real manifests: accepted ones must be stored as the server stores them, rejected ones refused. */
export const manifest: Adapter = ({ input, expected }, file) => {
  const text = readFileSync(join(dirname(file), String(input.file)), "utf8");
  const [document] = parseAllDocuments(text, { version: "1.1", schema: "yaml-1.1" });
  const object = document?.toJS() as JsonObject | null;
  const typed = object as unknown as KubeObject | null;
  if (typed === null || typeof typed !== "object" || typeof typed.kind !== "string") return { skip: "not an object" };
  if (resourceFor(kindOf(typed)) === undefined) return { skip: "kind not in the engine yet" };
  try {
    const made = server.create(object as JsonObject, "default", true);
    return expected.accepted === true ? compare(withoutAccount(comparable(made)), withoutAccount(comparable(expected.stored))) : { pass: false, got: "accepted" };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { pass: expected.accepted !== true, got: error.message };
  }
};
