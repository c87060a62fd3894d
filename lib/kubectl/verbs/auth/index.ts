import { usageFailure, type Command } from "../../command";
import { findType } from "../../discovery";
import { flag } from "../../flags";
import { alignRows } from "../../output/tab-writer";
import { allNamespacesFlag } from "../../resource-args";

const VERBS: ReadonlySet<string> = new Set(["*", "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "use", "bind", "escalate", "impersonate", "proxy", "approve", "sign"]);

/** `kubectl auth can-i`. @simplified This cluster has no authorisation rules yet: everybody may do everything. */
const canI: Command = {
  name: "can-i",
  summary: "Check whether an action is allowed",
  usage: "VERB [TYPE | TYPE/NAME | NONRESOURCEURL] [options]",
  flags: [allNamespacesFlag, flag("bool", "quiet,q", "Only the exit code"), flag("bool", "list", "Everything that is allowed"), flag("text", "subresource", "Subresource"), flag("bool", "no-headers", "No line of headings")],
  run(call) {
    if (call.flags.bool("list")) {
      call.out(alignRows([["Resources", "Non-Resource URLs", "Resource Names", "Verbs"], ["*.*", "[]", "[]", "[*]"], ["", "[*]", "[]", "[*]"]]).text);
      return 0;
    }
    const [verb = "", what = ""] = call.words;
    if (call.words.length !== 2) usageFailure(call, "you must specify two arguments: verb resource or verb resource/resourceName.", "for help and examples.");
    if (!VERBS.has(verb)) call.err(`Warning: verb '${verb}' is not a known verb\n\n`);
    if (what !== "*" && !what.startsWith("/") && findType(what.split("/")[0] ?? "") === undefined) call.err(`Warning: the server doesn't have a resource type '${what.split("/")[0] ?? ""}'\n\n`);
    if (!call.flags.bool("quiet")) call.out("yes\n");
    return 0;
  },
};

const whoami: Command = {
  name: "whoami",
  summary: "Check self subject attributes",
  flags: [flag("text", "output,o", "Output format")],
  run(call) {
    const groups = call.flags.list("as-group");
    const { user } = call.client;
    const rows = [["ATTRIBUTE", "VALUE"], ["Username", user], ["Groups", `[${[...(user === "kubernetes-admin" ? ["system:masters"] : groups), "system:authenticated"].join(" ")}]`]];
    call.out(alignRows(rows).text);
    return 0;
  },
};

/** `kubectl auth`. */
export const auth: Command = { name: "auth", summary: "Inspect authorization", children: [canI, whoami] };
