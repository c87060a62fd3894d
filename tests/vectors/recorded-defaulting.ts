import type { JsonObject } from "@/lib/engine/apimachinery/meta";
import { compare, type Adapter } from "./adapter";
import { comparable, stored, withoutAccount } from "./defaults";

/** `recorded/defaulting`: only kinds the engine knows; allocated addresses are not compared. */
export const recordedDefaulting: Adapter = ({ input, expected, namespace }) => {
  const object = stored(input as JsonObject, namespace);
  if (object === undefined) return { skip: "kind not in the engine yet" };
  return compare(withoutAccount(comparable(object)), withoutAccount(comparable(expected)));
};
