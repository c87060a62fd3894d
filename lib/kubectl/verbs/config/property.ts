/** `kubectl config set` and `unset`: one property, by its path. Upstream: kubectl/pkg/cmd/config/{set,unset,navigation_step_parser}.go. */
import { encodeBase64 } from "@/lib/engine";
import type { Json as ManifestJson } from "@/lib/manifest";
import type { Call, Command } from "../../command";
import { fail } from "../../failure";
import { flag } from "../../flags";
import type { ContextEntry, KubeConfig } from "../../kube-config";
import { FILES, save, unexpected, without } from "./entries";

type List = "clusters" | "contexts" | "users";
type Entry = { readonly [key: string]: ManifestJson };

/** The members an entry may have, by the list it is in. */
const MEMBERS: Readonly<Record<List, readonly string[]>> = {
  clusters: ["server", "tls-server-name", "insecure-skip-tls-verify", "certificate-authority", "certificate-authority-data", "proxy-url", "disable-compression"],
  contexts: ["cluster", "user", "namespace"],
  users: ["client-certificate", "client-certificate-data", "client-key", "client-key-data", "token", "tokenFile", "act-as", "act-as-uid", "username", "password"],
};

const FLAGS: ReadonlySet<string> = new Set(["insecure-skip-tls-verify", "disable-compression"]);

interface Place {
  readonly list: List;
  readonly name: string;
  /** Absent when the whole entry is meant. */
  readonly member?: string;
}

/** What a path means: names of entries may hold dots, so members are looked for at its end. @throws {Failure} */
function placeOf(path: string): Place {
  const dot = path.indexOf(".");
  const [list, rest] = dot < 0 ? [path, ""] : [path.slice(0, dot), path.slice(dot + 1)];
  if (!Object.hasOwn(MEMBERS, list)) return fail(`unable to parse ${path} after [] at api.Config`);
  const known = MEMBERS[list as List].find((member) => rest.endsWith(`.${member}`));
  if (known === undefined) return { list: list as List, name: rest };
  return { list: list as List, name: rest.slice(0, -known.length - 1), member: known };
}

function boolOf(value: string): boolean {
  if (["1", "t", "T", "true", "TRUE", "True"].includes(value)) return true;
  return ["0", "f", "F", "false", "FALSE", "False"].includes(value) ? false : fail(`strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`);
}

function valueOf(call: Call, member: string, value: string): ManifestJson {
  if (FLAGS.has(member)) return boolOf(value);
  if (!FILES.includes(member.replace(/-data$/, "")) || !member.endsWith("-data")) return value;
  if (call.flags.bool("set-raw-bytes")) return encodeBase64(value);
  const wrong = /[^A-Za-z0-9+/=]/.exec(value);
  if (wrong || value.length % 4 !== 0) return fail(`illegal base64 data at input byte ${wrong?.index ?? value.length - (value.length % 4)}`);
  return value;
}

/** An entry that is not there yet has what every entry has. */
const FRESH: Readonly<Record<List, Entry>> = { clusters: { server: "" }, contexts: { cluster: "", user: "" }, users: {} };

function changed(call: Call, { list, name, member }: Place, value: string): KubeConfig {
  if (member === undefined) return fail(`can't set a map to a value: map[${Object.keys(call.config[list]).join(" ")}]`);
  const before: Entry = (call.config[list][name] as unknown as Entry | undefined) ?? FRESH[list];
  const entry = { ...before, [member]: valueOf(call, member, value) };
  return { ...call.config, [list]: { ...call.config[list], [name]: entry } };
}

/** `kubectl config set`. */
export const set: Command = {
  name: "set",
  summary: "Set an individual value in a kubeconfig file",
  usage: "PROPERTY_NAME PROPERTY_VALUE [options]",
  flags: [flag("bool", "set-raw-bytes", "The value is not base64 yet")],
  run(call) {
    if (call.words.length !== 2) return unexpected(call);
    const [property = "", value = ""] = call.words;
    save(call, property === "current-context" ? { ...call.config, current: value } : changed(call, placeOf(property), value));
    call.out(`Property "${property}" set.\n`);
    return 0;
  },
};

function unsetIn(config: KubeConfig, { list, name, member }: Place): KubeConfig {
  if (name === "") return { ...config, [list]: {} };
  const entry = config[list][name] as unknown as Entry | undefined;
  if (entry === undefined) return fail(`current map key \`${name}\` is invalid`);
  if (member === undefined) return { ...config, [list]: without(config[list] as Readonly<Record<string, ContextEntry>>, name) };
  return { ...config, [list]: { ...config[list], [name]: { ...FRESH[list], ...without(entry, member) } } };
}

/** `kubectl config unset`. */
export const unset: Command = {
  name: "unset",
  summary: "Unset an individual value in a kubeconfig file",
  usage: "PROPERTY_NAME [options]",
  run(call) {
    if (call.words.length !== 1) return unexpected(call);
    const property = call.words[0] ?? "";
    save(call, property === "current-context" ? { ...call.config, current: "" } : unsetIn(call.config, placeOf(property)));
    call.out(`Property "${property}" unset.\n`);
    return 0;
  },
};
