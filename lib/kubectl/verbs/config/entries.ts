/** Entries of a kubeconfig: set, renamed and deleted. Upstream: kubectl/pkg/cmd/config. */
import { encodeBase64 } from "@/lib/engine";
import type { Json as ManifestJson } from "@/lib/manifest";
import type { Call, Command } from "../../command";
import { fail } from "../../failure";
import { flag } from "../../flags";
import { helpText } from "../../help";
import { readPath } from "../../io";
import { CONFIG_PATH, configYaml, type ContextEntry, type KubeConfig } from "../../kube-config";

type Entry = { readonly [key: string]: ManifestJson };

/** Members that name a file, or hold what it says under the same name and `-data`. */
export const FILES: readonly string[] = ["certificate-authority", "client-certificate", "client-key"];

/** Writes the kubeconfig. @throws {Failure} */
export function save(call: Call, config: KubeConfig): void {
  if (call.io.files.write === undefined) fail("the kubeconfig of this terminal cannot be changed");
  call.io.files.write(CONFIG_PATH, configYaml(config));
}

/** Ends a command that got the wrong number of words, after its help. */
export function unexpected(call: Call, word = "Unexpected"): never {
  call.out(helpText(call.command, call.path));
  return fail(`${word} args: [${call.words.join(" ")}]`);
}

/** Where the kubeconfig lies, as messages say it. */
export function configPlace(call: Call): string {
  return `${call.io.home ?? "~"}/${CONFIG_PATH}`;
}

function absolute(call: Call, path: string): string {
  return path.startsWith("/") || call.io.home === undefined ? path : `${call.io.home}/${path}`;
}

/** The entries without one of them. */
export function without<T>(entries: Readonly<Record<string, T>>, name: string): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(entries).filter(([key]) => key !== name));
}

/** What the command's flags say of files: named, or taken in with `--embed-certs`. @throws {Failure} */
function filesOf(call: Call, names: readonly string[]): Entry {
  const embed = call.flags.bool("embed-certs");
  return Object.fromEntries(
    names.filter((name) => call.flags.given(name)).flatMap((name): readonly (readonly [string, ManifestJson])[] => {
      const path = call.flags.text(name);
      if (!embed) return [[name, absolute(call, path)], [`${name}-data`, ""]];
      const text = readPath(call.io.files, path) ?? fail(`could not stat ${name} file ${path}: stat ${path}: no such file or directory`);
      return [[`${name}-data`, encodeBase64(text)], [name, ""]];
    }),
  );
}

function textsOf(call: Call, names: readonly string[]): Entry {
  return Object.fromEntries(names.filter((name) => call.flags.given(name)).map((name) => [name, call.flags.text(name)]));
}

/** An entry without what is empty. */
function tidy(entry: Entry): Entry {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== "" && value !== false));
}

/** `kubectl config set-context`. */
export const setContext: Command = {
  name: "set-context",
  summary: "Set a context entry in kubeconfig",
  usage: "[NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace] [options]",
  examples: [["Work in another namespace from now on", "kubectl config set-context --current --namespace=shop"]],
  flags: [flag("bool", "current", "The current context"), flag("text", "cluster", "Cluster of the context"), flag("text", "user", "User of the context"), flag("text", "namespace,n", "Namespace of the context")],
  run(call) {
    const { config, flags } = call;
    if (call.words.length > 1) return unexpected(call);
    if (call.words.length === 1 && flags.bool("current")) fail("you cannot specify both a context name and --current");
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

/** `kubectl config set-cluster`. */
export const setCluster: Command = {
  name: "set-cluster",
  summary: "Set a cluster entry in kubeconfig",
  usage: "NAME [--server=server] [--certificate-authority=path/to/certificate/authority] [--insecure-skip-tls-verify=true] [options]",
  flags: [
    flag("text", "server", "Address of the API server"),
    flag("text", "tls-server-name", "Name to expect in the server's certificate"),
    flag("bool", "insecure-skip-tls-verify", "Do not verify the server's certificate"),
    flag("text", "certificate-authority", "File of the certificate authority"),
    flag("bool", "embed-certs", "Take the file in"),
    flag("text", "proxy-url", "Address of a proxy"),
  ],
  run(call) {
    const [name] = call.words;
    if (name === undefined || call.words.length > 1) return unexpected(call);
    const { flags, config } = call;
    if (flags.bool("insecure-skip-tls-verify") && flags.text("certificate-authority") !== "") fail("you cannot specify a certificate authority and insecure mode at the same time");
    const loose: Entry = flags.given("insecure-skip-tls-verify") ? { "insecure-skip-tls-verify": flags.bool("insecure-skip-tls-verify") } : {};
    const server = textsOf(call, ["server"]);
    const entry = { ...tidy({ ...config.clusters[name], ...textsOf(call, ["tls-server-name", "proxy-url"]), ...loose, ...filesOf(call, ["certificate-authority"]) }), server: server["server"] ?? config.clusters[name]?.["server"] ?? "" };
    save(call, { ...config, clusters: { ...config.clusters, [name]: entry } });
    call.out(`Cluster "${name}" set.\n`);
    return 0;
  },
};

/** `kubectl config set-credentials`. */
export const setCredentials: Command = {
  name: "set-credentials",
  summary: "Set a user entry in kubeconfig",
  usage: "NAME [--client-certificate=path/to/certfile] [--client-key=path/to/keyfile] [--token=bearer_token] [--username=basic_user] [--password=basic_password] [options]",
  flags: [
    flag("text", "client-certificate", "File of the client certificate"),
    flag("text", "client-key", "File of the client key"),
    flag("bool", "embed-certs", "Take the files in"),
    flag("text", "token", "Bearer token"),
    flag("text", "username", "User of basic authentication"),
    flag("text", "password", "Password of basic authentication"),
    flag("text", "exec-command", "Program that brings credentials"),
    flag("text", "exec-api-version", "Version of what that program says"),
    flag("list", "exec-arg", "Its arguments"),
    flag("list", "exec-env", "Its environment, as key=value"),
  ],
  run(call) {
    const [name] = call.words;
    if (name === undefined || call.words.length > 1) return unexpected(call, "unexpected");
    const { config, flags } = call;
    const methods = [...(flags.text("token") === "" ? [] : ["--token"]), ...(flags.text("username") + flags.text("password") === "" ? [] : ["--username/--password"])];
    if (methods.length > 1) fail(`you cannot specify more than one authentication method at the same time: ${methods.join(", ")}`);
    if (flags.bool("embed-certs") && flags.text("client-certificate") + flags.text("client-key") === "") fail("you must specify a --client-certificate or --client-key to embed");
    // One way of saying who one is takes the place of the other.
    const gone: Entry = flags.text("token") !== "" ? { username: "", password: "" } : methods.length > 0 ? { token: "" } : {};
    const entry = tidy({ ...config.users[name], ...gone, ...textsOf(call, ["token", "username", "password"]), ...filesOf(call, ["client-certificate", "client-key"]), ...execOf(call, config.users[name]) });
    save(call, { ...config, users: { ...config.users, [name]: entry } });
    call.out(`User "${name}" set.\n`);
    return 0;
  },
};

function execOf({ flags }: Call, before: Entry | undefined): Entry {
  if (!["exec-command", "exec-api-version", "exec-arg", "exec-env"].some((name) => flags.given(name))) return {};
  const old = (before?.["exec"] ?? {}) as Entry;
  const env = flags.list("exec-env").map((pair): Entry => ({ name: pair.split("=")[0] ?? "", value: pair.split("=").slice(1).join("=") }));
  return {
    exec: {
      apiVersion: flags.given("exec-api-version") ? flags.text("exec-api-version") : (old["apiVersion"] ?? ""),
      args: flags.given("exec-arg") ? [...flags.list("exec-arg")] : (old["args"] ?? null),
      command: flags.given("exec-command") ? flags.text("exec-command") : (old["command"] ?? ""),
      env: flags.given("exec-env") ? env : (old["env"] ?? null),
      interactiveMode: "IfAvailable",
      provideClusterInfo: false,
    },
  };
}

/** `kubectl config delete-context`. */
export const deleteContext: Command = {
  name: "delete-context",
  summary: "Delete the specified context from the kubeconfig",
  usage: "NAME [options]",
  run(call) {
    if (call.words.length !== 1) return unexpected(call);
    const name = call.words[0] ?? "";
    if (call.config.contexts[name] === undefined) fail(`cannot delete context ${name}, not in ${configPlace(call)}`);
    if (name === call.config.current) call.err("warning: this removed your active context, use \"kubectl config use-context\" to select a different one\n");
    save(call, { ...call.config, contexts: without(call.config.contexts, name) });
    call.out(`deleted context ${name} from ${configPlace(call)}\n`);
    return 0;
  },
};

function deleter(name: string, noun: string, list: "clusters" | "users"): Command {
  return {
    name,
    summary: `Delete the specified ${noun} from the kubeconfig`,
    usage: "NAME [options]",
    run(call) {
      if (call.words.length !== 1) return unexpected(call);
      const which = call.words[0] ?? "";
      if (call.config[list][which] === undefined) fail(`cannot delete ${noun} ${which}, not in ${configPlace(call)}`);
      save(call, { ...call.config, [list]: without(call.config[list], which) });
      call.out(`deleted ${noun} ${which} from ${configPlace(call)}\n`);
      return 0;
    },
  };
}

/** `kubectl config delete-cluster`. */
export const deleteCluster = deleter("delete-cluster", "cluster", "clusters");
/** `kubectl config delete-user`. */
export const deleteUser = deleter("delete-user", "user", "users");

/** `kubectl config rename-context`. */
export const renameContext: Command = {
  name: "rename-context",
  summary: "Rename a context from the kubeconfig file",
  usage: "CONTEXT_NAME NEW_NAME [options]",
  run(call) {
    if (call.words.length !== 2) return unexpected(call);
    const [from = "", to = ""] = call.words;
    const entry = call.config.contexts[from];
    if (entry === undefined) return fail(`cannot rename the context "${from}", it's not in ${configPlace(call)}`);
    if (call.config.contexts[to] !== undefined) fail(`cannot rename the context "${from}", the context "${to}" already exists in ${configPlace(call)}`);
    save(call, { ...call.config, contexts: { ...without(call.config.contexts, from), [to]: entry }, current: call.config.current === from ? to : call.config.current });
    call.out(`Context "${from}" renamed to "${to}".\n`);
    return 0;
  },
};
