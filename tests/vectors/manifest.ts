import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseAllDocuments } from "yaml";
import { kindOf, type JsonObject, type KubeObject } from "@/lib/engine/apimachinery/meta";
import { resourceFor } from "@/lib/engine/resources/index";
import { compare, type Adapter } from "./adapter";
import { comparable, stored, withoutAccount } from "./defaults";

/** The corpus of real manifests: accepted ones must be stored as the server stores them, rejected ones refused. */
export const manifest: Adapter = ({ input, expected }, file) => {
  const text = readFileSync(join(dirname(file), String(input.file)), "utf8");
  const [document] = parseAllDocuments(text, { version: "1.1", schema: "yaml-1.1" });
  const object = document?.toJS() as JsonObject | null;
  const typed = object as unknown as KubeObject | null;
  if (typed === null || typeof typed !== "object" || typeof typed.kind !== "string") return { skip: "not an object" };
  const definition = resourceFor(kindOf(typed));
  if (definition === undefined) return { skip: "kind not in the engine yet" };
  const shape = definition.checkShape(object as JsonObject);
  const made = shape.length > 0 ? undefined : stored(object as JsonObject);
  const errors = made === undefined ? shape : definition.validate(made as unknown as KubeObject, undefined);
  if (expected.accepted !== true) return { pass: errors.length > 0, got: "accepted" };
  if (errors.length > 0) return { pass: false, got: errors.map(({ path, detail }) => `${path}: ${detail}`) };
  return compare(withoutAccount(comparable(made)), withoutAccount(comparable(expected.stored)));
};
