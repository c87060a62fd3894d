import { partsOfKind } from "../../../apimachinery/meta";
import type { ResourceDefinition } from "../../../resources/define";

/** What refusals call a kind: `deployments.apps`, and its group alone. */
export function qualifiedPlural({ kind, plural }: ResourceDefinition): { readonly qualified: string; readonly group: string } {
  const { group } = partsOfKind(kind);
  return { qualified: group === "" ? plural : `${plural}.${group}`, group };
}
