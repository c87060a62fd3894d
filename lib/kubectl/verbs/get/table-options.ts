import type { Call } from "../../command";
import { formatOf } from "../../output/print-objects";
import type { TableOptions } from "../../output/table";

/** How `get` lays out its tables. */
export function tableOptions(call: Call, manyTypes: boolean): TableOptions {
  return {
    wide: formatOf(call).name === "wide",
    plain: !call.flags.bool("server-print"),
    noHeaders: call.flags.bool("no-headers"),
    showKind: manyTypes || call.flags.bool("show-kind"),
    withNamespace: call.flags.bool("all-namespaces"),
    showLabels: call.flags.bool("show-labels"),
    labelColumns: call.flags.list("label-columns"),
  };
}
