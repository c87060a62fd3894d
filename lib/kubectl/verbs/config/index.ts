import { encodeBase64, type JsonObject } from "@/lib/engine";
import type { Json as ManifestJson } from "@/lib/manifest";
import type { Call, Command } from "../../command";
import { fail } from "../../failure";
import { readPath } from "../../io";
import { flag, type Flag } from "../../flags";
import { configObject, type ContextEntry, type KubeConfig } from "../../kube-config";
import { checkFormat, formatOf, outputFlags, printValue } from "../../output/print-objects";
import { alignRows } from "../../output/tab-writer";
import { deleteCluster, deleteContext, deleteUser, FILES, renameContext, save, setCluster, setContext, setCredentials, unexpected } from "./entries";
import { set, unset } from "./property";

const sortedNames = (entries: Readonly<Record<string, unknown>>): readonly string[] => Object.keys(entries).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

const VIEWING: readonly Flag[] = outputFlags.map((one) => (one.name === "output" ? { ...one, default: "yaml" } : one));

const view: Command = {
  name: "view",
  summary: "Display merged kubeconfig settings or a specified kubeconfig file",
  flags: [flag("bool", "minify", "Only what the current context uses"), flag("bool", "raw", "Credentials too"), flag("bool", "flatten", "In one piece"), flag("bool", "merge", "Merge the files", { default: "true" }), ...VIEWING],
  run(call) {
    checkFormat(call, false);
    const { config } = call;
    const context = config.contexts[config.current];
    const shown = call.flags.bool("minify") && context !== undefined
      ? { ...config, contexts: { [config.current]: context }, clusters: pickOne(config.clusters, context.cluster), users: pickOne(config.users, context.user) }
      : config;
    const printed = call.flags.bool("raw") ? shown : hidden(call.flags.bool("flatten") ? flattened(call, shown) : shown, call.flags.bool("flatten"));
    if (formatOf(call).name === "name") call.out("config/<unknown>\n");
    else printValue(call, configObject(printed) as JsonObject, true);
    return 0;
  },
};

const SECRETS: ReadonlySet<string> = new Set(["token", "password"]);

/** What is not shown to whoever looks over a shoulder. Upstream: clientcmd/api.RedactSecrets, ShortenConfig. */
function hidden(config: KubeConfig, whole: boolean): KubeConfig {
  const short = (entry: { readonly [key: string]: ManifestJson }): { readonly [key: string]: ManifestJson } =>
    Object.fromEntries(Object.entries(entry).map(([key, value]) => [key, SECRETS.has(key) && value !== "" ? "REDACTED" : key.endsWith("-data") && value !== "" && !whole ? "DATA+OMITTED" : value]));
  const each = <T extends { readonly [key: string]: ManifestJson }>(entries: Readonly<Record<string, T>>): Record<string, { readonly [key: string]: ManifestJson }> => Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, short(entry)]));
  return { ...config, clusters: each(config.clusters), users: each(config.users) };
}

/** Files that entries name, in the entries themselves. @throws {Failure} for one that cannot be read */
function flattened(call: Call, config: KubeConfig): KubeConfig {
  const flat = (entry: { readonly [key: string]: ManifestJson }): { readonly [key: string]: ManifestJson } =>
    Object.fromEntries(Object.entries(entry).map(([key, value]) => {
      if (!FILES.includes(key) || typeof value !== "string") return [key, value];
      return [`${key}-data`, encodeBase64(readPath(call.io.files, value) ?? fail(`open ${value}: no such file or directory`))];
    }));
  const each = (entries: Readonly<Record<string, { readonly [key: string]: ManifestJson }>>): Record<string, { readonly [key: string]: ManifestJson }> => Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, flat(entry)]));
  return { ...config, clusters: each(config.clusters), users: each(config.users) };
}

function pickOne<T>(entries: Readonly<Record<string, T>>, name: string): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(entries).filter(([key]) => key === name));
}

const getContexts: Command = {
  name: "get-contexts",
  summary: "Describe one or many contexts",
  usage: "[(-o|--output=)name)] [options]",
  flags: [flag("text", "output,o", "name"), flag("bool", "no-headers", "No line of headings")],
  run(call) {
    const { config, words } = call;
    const names = words.length > 0 ? words : sortedNames(config.contexts);
    const missing = names.find((name) => config.contexts[name] === undefined);
    if (missing !== undefined) fail(`context ${missing} not found`);
    if (call.flags.text("output") === "name") {
      call.out(names.map((name) => `${name}\n`).join(""));
      return 0;
    }
    const rows = names.map((name) => {
      const { cluster, user, namespace = "" } = config.contexts[name] as ContextEntry;
      return [name === config.current ? "*" : "", name, cluster, user, namespace];
    });
    call.out(alignRows(call.flags.bool("no-headers") ? rows : [["CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE"], ...rows]).text);
    return 0;
  },
};

const currentContext: Command = {
  name: "current-context",
  summary: "Display the current-context",
  run(call) {
    if (call.config.current === "") fail("current-context is not set");
    call.out(`${call.config.current}\n`);
    return 0;
  },
};

const useContext: Command = {
  name: "use-context",
  aliases: ["use"],
  summary: "Set the current-context in a kubeconfig file",
  usage: "CONTEXT_NAME [options]",
  run(call) {
    const [name] = call.words;
    if (name === undefined || call.words.length > 1) return unexpected(call);
    if (call.config.contexts[name] === undefined) fail(`no context exists with the name: "${name}"`);
    save(call, { ...call.config, current: name });
    call.out(`Switched to context "${name}".\n`);
    return 0;
  },
};

function lister(name: string, summary: string, of: (config: KubeConfig) => Readonly<Record<string, unknown>>): Command {
  return {
    name,
    summary,
    run(call) {
      call.out(`NAME\n${sortedNames(of(call.config)).map((entry) => `${entry}\n`).join("")}`);
      return 0;
    },
  };
}

/** `kubectl config`. */
export const config: Command = {
  name: "config",
  summary: "Modify kubeconfig files",
  children: [
    currentContext,
    deleteCluster,
    deleteContext,
    deleteUser,
    lister("get-clusters", "Display clusters defined in the kubeconfig", ({ clusters }) => clusters),
    getContexts,
    lister("get-users", "Display users defined in the kubeconfig", ({ users }) => users),
    renameContext,
    set,
    setCluster,
    setContext,
    setCredentials,
    unset,
    useContext,
    view,
  ],
};
