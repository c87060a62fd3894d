import { toYaml } from "@/lib/manifest";
import type { Command } from "../../command";
import { fail } from "../../failure";
import { flag } from "../../flags";

const CLIENT = "v1.36.3";
const KUSTOMIZE = "v5.8.1";

/** `kubectl version`. */
export const version: Command = {
  name: "version",
  summary: "Print the client and server version information",
  flags: [flag("bool", "client", "Only the client's"), flag("text", "output,o", "yaml or json")],
  run(call) {
    const server = serverVersion(call.io.cluster.options.kubernetesVersion);
    const alone = call.flags.bool("client");
    const output = call.flags.text("output");
    if (output === "") {
      call.out(`Client Version: ${CLIENT}\nKustomize Version: ${KUSTOMIZE}\n${alone ? "" : `Server Version: ${server}\n`}`);
      return 0;
    }
    const info = (gitVersion: string): { readonly [key: string]: string } => ({ major: "1", minor: gitVersion.split(".")[1] ?? "", gitVersion, platform: "linux/amd64" });
    const value = { clientVersion: info(CLIENT), kustomizeVersion: KUSTOMIZE, ...(alone ? {} : { serverVersion: info(server) }) };
    if (output === "json") call.out(`${JSON.stringify(value, null, 2)}\n`);
    else if (output === "yaml") call.out(toYaml(value));
    else fail("--output must be 'yaml' or 'json'");
    return 0;
  },
};

/** `v1.36.2`, whether or not the options wrote the `v`. */
export function serverVersion(text: string): string {
  return text.startsWith("v") ? text : `v${text}`;
}
