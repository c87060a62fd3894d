import type { JsonObject } from "@/lib/engine";
import type { Json as ManifestJson } from "@/lib/manifest";
import { usageFailure, type Call, type Command } from "../../command";
import { fail, Failure } from "../../failure";
import { flag, type Flag } from "../../flags";
import { CONFIG_PATH, configObject, configYaml, type ContextEntry, type KubeConfig } from "../../kube-config";
import { checkFormat, formatOf, outputFlags, printValue } from "../../output/print-objects";
import { alignRows } from "../../output/tab-writer";

function save(call: Call, config: KubeConfig): void {
  if (call.io.files.write === undefined) fail("the kubeconfig of this terminal cannot be changed");
  call.io.files.write(CONFIG_PATH, configYaml(config));
}

const sortedNames = (entries: Readonly<Record<string, unknown>>): readonly string[] => Object.keys(entries).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

function without<T>(entries: Readonly<Record<string, T>>, name: string): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(entries).filter(([key]) => key !== name));
}

const VIEWING: readonly Flag[] = outputFlags.map((one) => (one.name === "output" ? { ...one, default: "yaml" } : one));

const view: Command = {
  name: "view",
  summary: "Display merged kubeconfig settings or a specified kubeconfig file",
  flags: [flag("bool", "minify", "Only what the current context uses"), flag("bool", "raw", "Credentials too"), flag("bool", "flatten", "In one piece"), ...VIEWING],
  run(call) {
    checkFormat(call, false);
    const { config } = call;
    const context = config.contexts[config.current];
    const shown = call.flags.bool("minify") && context !== undefined
      ? { ...config, contexts: { [config.current]: context }, clusters: pickOne(config.clusters, context.cluster), users: pickOne(config.users, context.user) }
      : config;
    if (formatOf(call).name === "name") call.out("config/<unknown>\n");
    else printValue(call, configObject(shown) as JsonObject, true);
    return 0;
  },
};

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
    if (name === undefined || call.words.length > 1) usageFailure(call, `Unexpected args: [${call.words.join(" ")}]`);
    if (call.config.contexts[name] === undefined) fail(`no context exists with the name: "${name}"`);
    save(call, { ...call.config, current: name });
    call.out(`Switched to context "${name}".\n`);
    return 0;
  },
};

const setContext: Command = {
  name: "set-context",
  summary: "Set a context entry in kubeconfig",
  usage: "[NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace] [options]",
  examples: [["Work in another namespace from now on", "kubectl config set-context --current --namespace=shop"]],
  flags: [flag("bool", "current", "The current context"), flag("text", "cluster", "Cluster of the context"), flag("text", "user", "User of the context"), flag("text", "namespace,n", "Namespace of the context")],
  run(call) {
    const { config, flags } = call;
    const name = flags.bool("current") ? config.current : (call.words[0] ?? "");
    if (name === "") fail("you must specify a non-empty context name or --current");
    const before = config.contexts[name];
    const base = before ?? { cluster: "", user: "" };
    const namespace = flags.given("namespace") ? flags.text("namespace") : base.namespace;
    const entry: ContextEntry = { cluster: flags.given("cluster") ? flags.text("cluster") : base.cluster, ...(namespace === undefined || namespace === "" ? {} : { namespace }), user: flags.given("user") ? flags.text("user") : base.user };
    save(call, { ...config, contexts: { ...config.contexts, [name]: entry } });
    call.out(`Context "${name}" ${before === undefined ? "created" : "modified"}.\n`);
    return 0;
  },
};

const setCluster: Command = {
  name: "set-cluster",
  summary: "Set a cluster entry in kubeconfig",
  usage: "NAME [--server=server] [options]",
  flags: [flag("text", "server,s", "Address of the API server")],
  run(call) {
    const name = call.words[0] ?? fail("cluster name is required");
    const entry: { readonly [key: string]: ManifestJson } = { ...call.config.clusters[name], ...(call.flags.given("server") ? { server: call.flags.text("server") } : {}) };
    save(call, { ...call.config, clusters: { ...call.config.clusters, [name]: entry } });
    call.out(`Cluster "${name}" set.\n`);
    return 0;
  },
};

const setCredentials: Command = {
  name: "set-credentials",
  summary: "Set a user entry in kubeconfig",
  usage: "NAME [--token=bearer_token] [options]",
  flags: [flag("text", "token", "Bearer token")],
  run(call) {
    const name = call.words[0] ?? fail("user name is required");
    save(call, { ...call.config, users: { ...call.config.users, [name]: { token: "REDACTED" } } });
    call.out(`User "${name}" set.\n`);
    return 0;
  },
};

const deleteContext: Command = {
  name: "delete-context",
  summary: "Delete the specified context from the kubeconfig",
  usage: "NAME [options]",
  run(call) {
    const name = call.words[0] ?? "";
    if (call.config.contexts[name] === undefined) fail(`cannot delete context ${name}, not in ~/${CONFIG_PATH}`);
    if (name === call.config.current) call.err("warning: this removed your active context, use \"kubectl config use-context\" to select a different one\n");
    save(call, { ...call.config, contexts: without(call.config.contexts, name) });
    call.out(`deleted context ${name} from ~/${CONFIG_PATH}\n`);
    return 0;
  },
};

const renameContext: Command = {
  name: "rename-context",
  summary: "Rename a context from the kubeconfig file",
  usage: "CONTEXT_NAME NEW_NAME [options]",
  run(call) {
    const [from = "", to = ""] = call.words;
    const entry = call.config.contexts[from];
    if (entry === undefined) return fail(`cannot rename the context "${from}", it's not in ~/${CONFIG_PATH}`);
    if (call.config.contexts[to] !== undefined) fail(`cannot rename the context "${from}", the context "${to}" already exists in ~/${CONFIG_PATH}`);
    save(call, { ...call.config, contexts: { ...without(call.config.contexts, from), [to]: entry }, current: call.config.current === from ? to : call.config.current });
    call.out(`Context "${from}" renamed to "${to}".\n`);
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

const unset: Command = {
  name: "unset",
  summary: "Unset an individual value in a kubeconfig file",
  usage: "PROPERTY_NAME [options]",
  run(call) {
    const property = call.words[0] ?? "";
    const dot = property.indexOf(".");
    const [list, name] = dot < 0 ? [property, ""] : [property.slice(0, dot), property.slice(dot + 1)];
    const { config } = call;
    if (list === "current-context") save(call, { ...config, current: "" });
    else if (list === "users") save(call, { ...config, users: without(config.users, name) });
    else if (list === "clusters") save(call, { ...config, clusters: without(config.clusters, name) });
    else if (list === "contexts" && name.endsWith(".namespace")) save(call, { ...config, contexts: { ...config.contexts, ...withoutNamespace(config, name.slice(0, -".namespace".length)) } });
    else if (list === "contexts") save(call, { ...config, contexts: without(config.contexts, name) });
    else throw new Failure(`error: unable to unset ${property}`);
    call.out(`Property "${property}" unset.\n`);
    return 0;
  },
};

function withoutNamespace(config: KubeConfig, name: string): Readonly<Record<string, ContextEntry>> {
  const entry = config.contexts[name];
  return entry === undefined ? {} : { [name]: { cluster: entry.cluster, user: entry.user } };
}

/** `kubectl config`. */
export const config: Command = {
  name: "config",
  summary: "Modify kubeconfig files",
  children: [
    currentContext,
    deleteContext,
    lister("get-clusters", "Display clusters defined in the kubeconfig", ({ clusters }) => clusters),
    getContexts,
    lister("get-users", "Display users defined in the kubeconfig", ({ users }) => users),
    renameContext,
    setCluster,
    setContext,
    setCredentials,
    unset,
    useContext,
    view,
  ],
};
