import type { PolicyRule } from "@/lib/engine";
import { RULE_HEADINGS, ruleRows } from "../policy-rules";
import type { Scene } from "./describer";
import { jsonOf, listOf, textOf } from "./read";

function head({ object, paper }: Scene): void {
  paper.line(0, `Name:\t${object.metadata.name}`);
  paper.labels("Labels", object.metadata.labels);
  paper.annotations("Annotations", object.metadata.annotations);
}

function table({ paper }: Scene, headings: readonly string[], rows: readonly (readonly string[])[]): void {
  paper.line(1, headings.join("\t"));
  paper.line(1, headings.map((heading) => "-".repeat(heading.length)).join("\t"));
  for (const row of rows) paper.line(1, row.join("\t"));
}

/** Describes a Role or a ClusterRole. Upstream: describeRole. */
export function describeRole(scene: Scene): void {
  head(scene);
  scene.paper.line(0, "PolicyRule:");
  table(scene, RULE_HEADINGS, ruleRows(listOf(jsonOf(scene.object), "rules") as unknown as readonly PolicyRule[]));
}

/** Describes a RoleBinding or a ClusterRoleBinding. Upstream: describeRoleBinding. */
export function describeRoleBinding(scene: Scene): void {
  const binding = jsonOf(scene.object);
  head(scene);
  scene.paper.line(0, "Role:");
  scene.paper.line(1, `Kind:\t${textOf(binding, "roleRef.kind")}`);
  scene.paper.line(1, `Name:\t${textOf(binding, "roleRef.name")}`);
  scene.paper.line(0, "Subjects:");
  table(scene, ["Kind", "Name", "Namespace"], listOf(binding, "subjects").map((subject) => ["kind", "name", "namespace"].map((field) => textOf(subject, field))));
}
