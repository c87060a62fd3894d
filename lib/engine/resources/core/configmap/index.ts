import { CONFIG_MAP } from "../../../apimachinery/kinds";
import { normalize } from "../../../openapi/normalize";
import { checkStructure } from "../../../openapi/validate";
import { age, column } from "../../cells";
import { defineResource } from "../../define";
import { objectAt } from "../../json-object";
import { validateConfigMap } from "./validation";

/** v1/ConfigMap. */
export const configMap = defineResource({
  kind: CONFIG_MAP,
  plural: "configmaps",
  shortNames: ["cm"],
  applyDefaults: (object) => normalize(CONFIG_MAP, object),
  checkShape: (object) => checkStructure(CONFIG_MAP, object),
  validate: validateConfigMap,
  columns: [column("Data", (object) => String(Object.keys(objectAt(object, "data")).length + Object.keys(objectAt(object, "binaryData")).length)), age],
});
