import type { JsonObject } from "@/lib/engine";
import type { Call, Command } from "../../command";
import { base64 } from "../../base64";
import { fail } from "../../failure";
import { flag, type Flag } from "../../flags";
import { filesIn, readPath, tidyPath } from "../../io";
import { contentHash } from "../../kustomize/generate";
import { generator } from "./generator";

const sources: readonly Flag[] = [
  flag("repeated", "from-literal", "key=value"),
  flag("repeated", "from-file", "A file, key=file, or a folder"),
  flag("repeated", "from-env-file", "A file of NAME=value lines"),
  flag("bool", "append-hash", "A hash of the content at the end of the name"),
];

/** How a kind complains of keys. */
interface Complaints {
  readonly badKey: string;
  taken(key: string): string;
}

const ofSecret: Complaints = { badKey: "is not valid key name for a Secret", taken: (key) => `cannot add key ${key}, another key by that name already exists` };

const ofConfigMap = (name: string): Complaints => ({ badKey: "is not a valid key name for a ConfigMap:", taken: (key) => `cannot add key ${JSON.stringify(key)}, another key by that name already exists in Data for ConfigMap ${JSON.stringify(name)}` });

/** The object under the name its content gives it, if that is asked for. Upstream: kubectl/pkg/util/hash. */
function named(call: Call, object: JsonObject): JsonObject {
  if (!call.flags.bool("append-hash")) return object;
  const metadata = object["metadata"] as JsonObject;
  return { ...object, metadata: { ...metadata, name: `${String(metadata["name"])}-${contentHash({ data: null, ...object })}` } };
}

/** Keys and values as `--from-literal`, `--from-file` and `--from-env-file` give them. @throws {Failure} */
function dataOf(call: Call, { badKey, taken }: Complaints): Readonly<Record<string, string>> {
  const data: Record<string, string> = {};
  const add = (key: string, value: string): void => {
    if (!/^[-._a-zA-Z0-9]+$/.test(key)) fail(`${JSON.stringify(key)} ${badKey} a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`);
    if (Object.hasOwn(data, key)) fail(taken(key));
    data[key] = value;
  };
  if (call.flags.list("from-env-file").length > 0 && (call.flags.list("from-file").length > 0 || call.flags.list("from-literal").length > 0)) fail("from-env-file cannot be combined with from-file or from-literal");
  for (const path of call.flags.list("from-file")) for (const [key, value] of fileEntries(call, path)) add(key, value);
  for (const literal of call.flags.list("from-literal")) {
    const equals = literal.indexOf("=");
    if (equals < 1) fail(`invalid literal source ${literal}, expected key=value`);
    add(literal.slice(0, equals), unquoted(literal.slice(equals + 1)));
  }
  for (const path of call.flags.list("from-env-file")) {
    const text = readPath(call.io.files, path) ?? fail(`error reading ${path}: no such file or directory`);
    for (const line of text.split(/\r?\n/)) {
      const trimmed = line.trimStart();
      if (trimmed === "" || trimmed.startsWith("#")) continue;
      const equals = trimmed.indexOf("=");
      const key = equals < 0 ? trimmed : trimmed.slice(0, equals);
      if (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(key)) fail(`${JSON.stringify(key)} is not a valid key name: a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')`);
      if (equals >= 0) add(key, trimmed.slice(equals + 1));
    }
  }
  return data;
}

function unquoted(value: string): string {
  return /^(".*"|'.*')$/s.test(value) && value.length > 1 ? value.slice(1, -1) : value;
}

function fileEntries(call: Call, source: string): readonly (readonly [string, string])[] {
  const equals = source.indexOf("=");
  if (source.indexOf("=", equals + 1) > equals && equals >= 0) fail("key names or file paths cannot contain '='");
  if (equals === 0) fail(`key name for file path ${source.slice(1)} missing`);
  if (equals > 0 && equals === source.length - 1) fail(`file path for key name ${source.slice(0, equals)} missing`);
  const [key, path] = equals < 0 ? [undefined, source] : [source.slice(0, equals), source.slice(equals + 1)];
  const text = readPath(call.io.files, path);
  if (text !== undefined) return [[key ?? baseName(path), text]];
  const inside = filesIn(call.io.files, path);
  if (inside === undefined) return fail(`error reading ${path}: no such file or directory`);
  if (key !== undefined) fail("cannot give a key name for a directory path");
  return inside.map((file) => [baseName(file), call.io.files.read(file) ?? ""]);
}

function baseName(path: string): string {
  const tidy = tidyPath(path);
  return tidy.slice(tidy.lastIndexOf("/") + 1);
}

const configmap = generator({
  name: "configmap",
  aliases: ["cm"],
  summary: "Create a config map from a local file, directory or literal value",
  usage: "NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none] [options]",
  flags: sources,
  failing: "failed to create configmap:",
  build(call, name) {
    const data = dataOf(call, ofConfigMap(name));
    return named(call, { apiVersion: "v1", ...(Object.keys(data).length > 0 ? { data } : {}), kind: "ConfigMap", metadata: { name } });
  },
});

function secret(name: string, data: Readonly<Record<string, string>>, type: string): JsonObject {
  const encoded = Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)]));
  return { apiVersion: "v1", ...(Object.keys(data).length > 0 ? { data: encoded } : {}), kind: "Secret", metadata: { name }, ...(type === "" ? {} : { type }) };
}

const generic = generator({
  name: "generic",
  summary: "Create a secret from a local file, directory, or literal value",
  usage: "NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none] [options]",
  flags: [...sources, flag("text", "type", "Type of the secret")],
  failing: "failed to create secret",
  build: (call, name) => named(call, secret(name, dataOf(call, ofSecret), call.flags.text("type"))),
});

/** Something between two lines of dashes. */
const PEM = /^-----BEGIN ([^-\n]+)-----\r?\n[^]*?^-----END \1-----/m;

const tls = generator({
  name: "tls",
  summary: "Create a TLS secret",
  usage: "NAME --cert=path/to/cert/file --key=path/to/key/file [--dry-run=server|client|none] [options]",
  flags: [flag("text", "cert", "File of the certificate"), flag("text", "key", "File of its key")],
  failing: "failed to create secret",
  build(call, name) {
    if (call.flags.text("cert") === "" || call.flags.text("key") === "") fail("key and cert must be specified");
    const read = (path: string): string => readPath(call.io.files, path) ?? fail(`Cannot read file ${path}, open ${path}: no such file or directory`);
    const [cert, key] = [read(call.flags.text("cert")), read(call.flags.text("key"))];
    if (!PEM.test(cert)) fail("tls: failed to find any PEM data in certificate input");
    if (!PEM.test(key)) fail("tls: failed to find any PEM data in key input");
    return secret(name, { "tls.crt": cert, "tls.key": key }, "kubernetes.io/tls");
  },
});

const dockerRegistry = generator({
  name: "docker-registry",
  summary: "Create a secret for use with a Docker registry",
  usage: "NAME --docker-username=user --docker-password=password --docker-email=email [--docker-server=string] [options]",
  flags: [flag("text", "docker-username", "User"), flag("text", "docker-password", "Password"), flag("text", "docker-email", "E-mail"), flag("text", "docker-server", "Registry", { default: "https://index.docker.io/v1/" })],
  failing: "failed to create secret",
  build(call, name) {
    if (["docker-username", "docker-password", "docker-server"].some((flagName) => call.flags.text(flagName) === "")) fail("either --from-file or the combination of --docker-username, --docker-password and --docker-server is required");
    const [username, password, email] = [call.flags.text("docker-username"), call.flags.text("docker-password"), call.flags.text("docker-email")];
    const entry = { username, password, ...(email === "" ? {} : { email }), auth: base64(`${username}:${password}`) };
    return secret(name, { ".dockerconfigjson": JSON.stringify({ auths: { [call.flags.text("docker-server")]: entry } }) }, "kubernetes.io/dockerconfigjson");
  },
});

const namespace = generator({
  name: "namespace",
  aliases: ["ns"],
  summary: "Create a namespace with the specified name",
  usage: "NAME [--dry-run=server|client|none] [options]",
  flags: [],
  build: (_call, name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name }, spec: {}, status: {} }),
});

const serviceaccount = generator({
  name: "serviceaccount",
  aliases: ["sa"],
  summary: "Create a service account with the specified name",
  usage: "NAME [--dry-run=server|client|none] [options]",
  flags: [],
  failing: "failed to create serviceaccount:",
  build: (_call, name) => ({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name } }),
});

/** Generators of configuration and identity. */
export const configGenerators: readonly Command[] = [
  configmap,
  namespace,
  { name: "secret", summary: "Create a secret using a specified subcommand", children: [dockerRegistry, generic, tls] },
  serviceaccount,
];
