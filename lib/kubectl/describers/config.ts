import { compareStrings, LIMIT_RANGE, RESOURCE_QUOTA, type ConfigMap, type Namespace, type Secret, type ServiceAccount } from "@/lib/engine";
import { base64Length } from "../base64";
import type { Scene } from "./describer";
import { writeEvents } from "./events";
import { objectOf, sortedKeys } from "./paper";
import { LIMIT_HEADINGS, limitRows, quotaRows, scopeTexts } from "./policy";
import { jsonOf, textsOf } from "./read";

/** Describes a ConfigMap. */
export function describeConfigMap(scene: Scene<ConfigMap>): void {
  const { object, paper } = scene;
  const data = objectOf((object as unknown as { readonly data?: unknown }).data);
  const binary = objectOf((object as unknown as { readonly binaryData?: unknown }).binaryData);
  paper.line(0, `Name:\t${object.metadata.name}`);
  paper.line(0, `Namespace:\t${object.metadata.namespace ?? ""}`);
  paper.labels("Labels", object.metadata.labels);
  paper.annotations("Annotations", object.metadata.annotations);
  paper.raw("\nData\n====\n");
  for (const key of sortedKeys(data)) paper.raw(`${key}:\n----\n${String(data[key])}\n\n`);
  paper.raw("\nBinaryData\n====\n");
  for (const key of sortedKeys(binary)) paper.raw(`${key}: ${base64Length(String(binary[key]))} bytes\n`);
  paper.raw("\n");
  writeEvents(scene as Scene);
}

/** Describes a Secret: sizes, never values. */
export function describeSecret({ object, paper }: Scene<Secret>): void {
  paper.line(0, `Name:\t${object.metadata.name}`);
  paper.line(0, `Namespace:\t${object.metadata.namespace ?? ""}`);
  paper.labels("Labels", object.metadata.labels);
  paper.annotations("Annotations", object.metadata.annotations);
  paper.line(0, "");
  paper.line(0, `Type:\t${object.type ?? ""}`);
  paper.raw("\nData\n====\n");
  for (const key of sortedKeys(object.data)) paper.line(0, `${key}:\t${base64Length(object.data?.[key] ?? "")} bytes`);
}

/** Describes a ServiceAccount. */
export function describeServiceAccount(scene: Scene<ServiceAccount>): void {
  const { object, paper } = scene;
  paper.line(0, `Name:\t${object.metadata.name}`);
  paper.line(0, `Namespace:\t${object.metadata.namespace ?? ""}`);
  paper.labels("Labels", object.metadata.labels);
  paper.annotations("Annotations", object.metadata.annotations);
  const secrets = (object.imagePullSecrets ?? []).map((secret) => String(secret["name"]));
  paper.line(0, `Image pull secrets:\t${secrets[0] ?? "<none>"}`);
  for (const secret of secrets.slice(1)) paper.line(0, `                   \t${secret}`);
  writeEvents(scene as Scene);
}

/** Describes a Namespace. */
export function describeNamespace({ object, paper, client }: Scene<Namespace>): void {
  const status = objectOf((object as unknown as { readonly status?: unknown }).status);
  paper.line(0, `Name:\t${object.metadata.name}`);
  paper.labels("Labels", object.metadata.labels);
  paper.annotations("Annotations", object.metadata.annotations);
  paper.line(0, `Status:\t${String(status["phase"] ?? "Active")}`);
  const inside = { namespace: object.metadata.name };
  const [quotas, ranges] = [client.list(RESOURCE_QUOTA, inside), client.list(LIMIT_RANGE, inside)];
  if (quotas.length === 0) paper.raw("\nNo resource quota.\n");
  else {
    paper.line(0, "");
    paper.line(0, "Resource Quotas");
    for (const quota of quotas) {
      paper.line(1, `Name:\t${quota.metadata.name}`);
      const scopes = [...textsOf(jsonOf(quota), "spec.scopes")].sort(compareStrings);
      if (scopes.length > 0) paper.line(1, `Scopes:\t${scopes.join(", ")}`);
      for (const text of scopeTexts(scopes)) paper.line(1, `* ${text}`);
      paper.line(1, "Resource\tUsed\tHard");
      paper.line(1, "--------\t---\t---");
      for (const row of quotaRows(jsonOf(quota))) paper.line(1, row);
    }
  }
  if (ranges.length === 0) {
    paper.raw("\nNo LimitRange resource.\n");
    return;
  }
  paper.line(0, "");
  paper.line(0, "Resource Limits");
  for (const line of [...LIMIT_HEADINGS, ...ranges.flatMap((range) => limitRows(jsonOf(range)))]) paper.line(0, ` ${line}`);
}
