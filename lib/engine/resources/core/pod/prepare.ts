/** What the API server writes into a new pod before anybody looks at it. Upstream: `applyMatchLabelKeysAndMismatchLabelKeys`, `applyAppArmorVersionSkew`. */
import { deepEqual } from "../../../apimachinery/compare";
import type { Json, JsonObject, KubeObject } from "../../../apimachinery/meta";
import { jsonOf } from "../../cells";
import { changed, changedEach, has, listAt, objectAt, textAt } from "../../json-object";

const APPARMOR = "container.apparmor.security.beta.kubernetes.io/";

type Labels = Readonly<Record<string, string>>;

/** A selector that also asks for the pod's own value of some labels. */
function withOwnLabels(term: JsonObject, labels: Labels): JsonObject {
  if (!has(term, "labelSelector")) return term;
  const asked = ([["matchLabelKeys", "In"], ["mismatchLabelKeys", "NotIn"]] as const).flatMap(([field, operator]) =>
    listAt(term, field).flatMap((key): readonly Json[] => {
      const value = typeof key === "string" ? labels[key] : undefined;
      return value === undefined || typeof key !== "string" ? [] : [{ key, operator, values: [value] }];
    }),
  );
  return asked.length === 0 ? term : changed(term, "labelSelector", (selector) => ({ ...selector, matchExpressions: [...listAt(selector, "matchExpressions"), ...asked] }));
}

function ownLabels(spec: JsonObject, labels: Labels): JsonObject {
  const term = (inner: JsonObject): JsonObject => withOwnLabels(inner, labels);
  const affinity = (inner: JsonObject): JsonObject =>
    ["podAffinity", "podAntiAffinity"].reduce(
      (all, kind) =>
        changed(all, kind, (pods) =>
          changedEach(changedEach(pods, "requiredDuringSchedulingIgnoredDuringExecution", term), "preferredDuringSchedulingIgnoredDuringExecution", (weighted) => changed(weighted, "podAffinityTerm", term)),
        ),
      inner,
    );
  return changed(changedEach(spec, "topologySpreadConstraints", term), "affinity", affinity);
}

function profileOf(annotation: string): JsonObject | undefined {
  if (annotation === "unconfined") return { type: "Unconfined" };
  if (annotation === "runtime/default") return { type: "RuntimeDefault" };
  return annotation.startsWith("localhost/") && annotation.length > "localhost/".length ? { type: "Localhost", localhostProfile: annotation.slice("localhost/".length) } : undefined;
}

/** Profiles in annotations become fields, where they differ from the pod's. */
function profiles(spec: JsonObject, annotations: Labels): JsonObject {
  if (textAt(objectAt(spec, "os"), "name") === "windows") return spec;
  const pod = objectAt(spec, "securityContext")["appArmorProfile"];
  const container = (one: JsonObject): JsonObject => {
    const profile = profileOf(annotations[`${APPARMOR}${textAt(one, "name")}`] ?? "");
    const context = objectAt(one, "securityContext");
    return profile === undefined || has(context, "appArmorProfile") || deepEqual(profile, pod) ? one : { ...one, securityContext: { ...context, appArmorProfile: profile } };
  };
  return changedEach(changedEach(spec, "initContainers", container), "containers", container);
}

/** A new pod with what its labels and annotations mean for its spec. */
export function withMeaning(object: KubeObject): KubeObject {
  const { labels, annotations } = object.metadata;
  if (labels === undefined && annotations === undefined) return object;
  return changed(jsonOf(object), "spec", (spec) => profiles(ownLabels(spec, labels ?? {}), annotations ?? {})) as unknown as KubeObject;
}
