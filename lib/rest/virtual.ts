/** Resources that are asked and never stored. */

/** A resource of the API that the store does not know. */
export interface VirtualResource {
  readonly apiVersion: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

const review = (apiVersion: string, kind: string, namespaced = false): VirtualResource => ({
  apiVersion,
  plural: `${kind.toLowerCase()}s`,
  singular: kind.toLowerCase(),
  kind,
  namespaced,
  verbs: ["create"],
});

/** Every one of them, in the order discovery lists them. */
export const virtualResources: readonly VirtualResource[] = [
  { apiVersion: "v1", plural: "bindings", singular: "binding", kind: "Binding", namespaced: true, verbs: ["create"] },
  review("authentication.k8s.io/v1", "SelfSubjectReview"),
  review("authentication.k8s.io/v1", "TokenReview"),
  review("authorization.k8s.io/v1", "LocalSubjectAccessReview", true),
  review("authorization.k8s.io/v1", "SelfSubjectAccessReview"),
  { ...review("authorization.k8s.io/v1", "SelfSubjectRulesReview"), plural: "selfsubjectrulesreviews" },
  review("authorization.k8s.io/v1", "SubjectAccessReview"),
];

/** The one of that name. */
export function virtualResource(apiVersion: string, plural: string): VirtualResource | undefined {
  return virtualResources.find((resource) => resource.apiVersion === apiVersion && resource.plural === plural);
}
