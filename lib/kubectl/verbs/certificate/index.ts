import { setCondition, type Condition, type KubeObject } from "@/lib/engine";
import type { Call, Command } from "../../command";
import { typeNamed } from "../../discovery";
import { fail, failAll, Failure } from "../../failure";
import { flag } from "../../flags";
import { hasManifests, readManifests } from "../../manifests";
import { outputFlags, printOrSay } from "../../output/print-objects";
import { fileFlags, missing } from "../../resource-args";

interface Request extends KubeObject {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** `kubectl certificate`: says yes or no to certificate requests. */
export const certificate: Command = {
  name: "certificate",
  bare: "enough",
  summary: "Modify certificate resources",
  children: [decision("approve", "Approve a certificate signing request", "Approved", "KubectlApprove"), decision("deny", "Deny a certificate signing request", "Denied", "KubectlDeny")],
};

function decision(name: "approve" | "deny", summary: string, type: string, reason: string): Command {
  return {
    name,
    summary,
    usage: "(-f FILENAME | NAME) [options]",
    examples: [[summary, `kubectl certificate ${name} csr-sqgzp`]],
    flags: [...fileFlags, ...outputFlags, flag("bool", "force", "Update the request even if it has been decided already")],
    run(call) {
      if (call.words.length === 0 && !hasManifests(call)) fail("one or more CSRs must be specified as <name> or -f <filename>");
      const { wanted, failures: unread } = hasManifests(call) ? readManifests(call) : { wanted: [], failures: [] };
      const failures: unknown[] = [...unread];
      for (const { ref } of wanted) decide(call, ref.name, failures);
      for (const word of call.words) decide(call, word.replace(/^(csr|certificatesigningrequests?)\//, ""), failures);
      failAll(failures);
      return 0;
    },
  };

  function decide(call: Call, named: string, failures: unknown[]): void {
    const csr = typeNamed(call.client, "certificatesigningrequests");
    const found = call.client.get<Request>(csr.kind, { namespace: "", name: named });
    if (!found) {
      failures.push(missing(csr, named));
      return;
    }
    const opposite = name === "approve" ? "Denied" : "Approved";
    if ((found.status?.conditions ?? []).some((condition) => condition.type === opposite)) {
      failures.push(new Failure(`error: certificate signing request ${JSON.stringify(named)} is already ${opposite}`));
      return;
    }
    const decided = (found.status?.conditions ?? []).some((condition) => condition.type === type);
    const message = `This CSR was ${name === "approve" ? "approved" : "denied"} by kubectl certificate ${name}.`;
    const conditions = setCondition(found.status?.conditions ?? [], { type, status: "True", reason, message });
    const object = !decided || call.flags.bool("force") ? call.client.update({ ...found, status: { ...found.status, conditions } } as KubeObject, { subresource: "approval" }) : found;
    printOrSay(call, { type: csr, object }, name === "approve" ? "approved" : "denied", true);
  }
}
