import { describe, expect, it } from "vitest";
import { buildKustomization } from "./index";

function filesOf(files: Readonly<Record<string, string>>): Parameters<typeof buildKustomization>[0] {
  return { read: (path) => files[path], list: () => Object.keys(files), write: () => undefined };
}

const DEPLOYMENT = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers: [{name: c, image: nginx, envFrom: [{configMapRef: {name: settings}}]}]\n";

describe("buildKustomization", () => {
  const built = buildKustomization(
    filesOf({
      "base/kustomization.yaml": "resources: [web.yaml]\nconfigMapGenerator: [{name: settings, literals: [a=b]}]\n",
      "base/web.yaml": DEPLOYMENT,
      "over/kustomization.yaml": "resources: [../base]\nnamePrefix: dev-\nnamespace: dev\nimages: [{name: nginx, newTag: '1.27'}]\nreplicas: [{name: web, count: 3}]\n",
    }),
    "over",
  ) as readonly { readonly kind: string; readonly metadata: { readonly name: string; readonly namespace: string }; readonly spec?: { readonly replicas: number; readonly template: { readonly spec: { readonly containers: readonly { readonly image: string; readonly envFrom: readonly { readonly configMapRef: { readonly name: string } }[] }[] } } } }[];
  const web = built.find(({ kind }) => kind === "Deployment");
  const settings = built.find(({ kind }) => kind === "ConfigMap");

  it("names, places and counts what a base brings", () => {
    expect(web?.metadata).toMatchObject({ name: "dev-web", namespace: "dev" });
    expect(web?.spec?.replicas).toBe(3);
    expect(web?.spec?.template.spec.containers[0]?.image).toBe("nginx:1.27");
  });

  it("gives generated names a hash, and follows them", () => {
    expect(settings?.metadata.name).toMatch(/^dev-settings-[a-z0-9]{10}$/);
    expect(web?.spec?.template.spec.containers[0]?.envFrom[0]?.configMapRef.name).toBe(settings?.metadata.name);
  });
});
