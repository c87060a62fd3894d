import { describe, expect, it } from "vitest";
import { kindId, millis, type KubeObject } from "@/lib/engine";
import { testBench, type TestBench } from "./testing/bench";

const CRD = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boats.sea.example.com}
spec:
  group: sea.example.com
  scope: Namespaced
  names: {plural: boats, singular: boat, kind: Boat, shortNames: [bt], categories: [all]}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {status: {}, scale: {specReplicasPath: .spec.crew, statusReplicasPath: .status.crew}}
    additionalPrinterColumns:
    - {name: Crew, type: integer, jsonPath: .spec.crew}
    - {name: Ready, type: string, jsonPath: '.status.conditions[?(@.type=="Ready")].status'}
    - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
    schema:
      openAPIV3Schema: &schema
        type: object
        description: A boat.
        required: [spec]
        properties:
          spec:
            type: object
            required: [crew]
            properties:
              crew: {type: integer, minimum: 1, description: How many sail.}
              captain: {type: string, default: nobody, maxLength: 20}
              harbour: {type: string, maxLength: 20, x-kubernetes-validations: [{rule: self == oldSelf, message: a boat keeps its harbour}]}
              max: {type: integer, default: 10}
              extra: {x-kubernetes-preserve-unknown-fields: true}
              cargo:
                type: array
                maxItems: 3
                x-kubernetes-list-type: map
                x-kubernetes-list-map-keys: [what]
                items: {type: object, required: [what], properties: {what: {type: string, enum: [tea, tin]}, weight: {x-kubernetes-int-or-string: true}}}
            x-kubernetes-validations:
            - rule: self.crew <= self.max
              messageExpression: '"only %d fit, not %d".format([self.max, self.crew])'
            - rule: "!has(self.cargo) || self.cargo.all(c, c.what != 'tin' || self.crew > 1)"
              message: tin needs two
              fieldPath: .cargo
              reason: FieldValueForbidden
          status: {type: object, x-kubernetes-preserve-unknown-fields: true}
  - name: v1beta1
    served: true
    storage: false
    schema:
      openAPIV3Schema: {type: object, properties: {spec: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
`;

const boat = (name: string, spec: string, apiVersion = "sea.example.com/v1"): string => `apiVersion: ${apiVersion}\nkind: Boat\nmetadata: {name: ${name}}\nspec: ${spec}\n`;

function harbour(files: Readonly<Record<string, string>> = {}): TestBench {
  const bench = testBench({ "crd.yaml": CRD, "tea.yaml": boat("tea", "{crew: 3, harbour: Cork, cargo: [{what: tea, weight: 5}], extra: {any: [1]}}"), ...files });
  bench.run("apply -f crd.yaml");
  expect(bench.run("wait --for=condition=Established crd/boats.sea.example.com --timeout=10s").stdout).toBe("customresourcedefinition.apiextensions.k8s.io/boats.sea.example.com condition met\n");
  return bench;
}

const refusal = (bench: TestBench, spec: string): string => {
  bench.files.set("bad.yaml", boat("bad", spec));
  return bench.run("apply -f bad.yaml").stderr;
};

describe("a kind defined at run time", () => {
  it("is served to kubectl like a built-in one", () => {
    const bench = harbour();
    expect(bench.run("api-resources --api-group=sea.example.com").stdout).toBe("NAME    SHORTNAMES   APIVERSION           NAMESPACED   KIND\nboats   bt           sea.example.com/v1   true         Boat\n");
    expect(bench.run("apply -f tea.yaml").stdout).toBe("boat.sea.example.com/tea created\n");
    expect(bench.run("get bt").stdout).toBe("NAME   CREW   READY   AGE\ntea    3              0s\n");
    expect(bench.run("get boat tea -o jsonpath={.spec}").stdout).toBe('{"captain":"nobody","cargo":[{"weight":5,"what":"tea"}],"crew":3,"extra":{"any":[1]},"harbour":"Cork","max":10}');
    expect(bench.run("get all").stdout).toContain("boat.sea.example.com/tea");
    expect(bench.run("describe boat tea").stdout).toContain("Spec:\n  Captain:  nobody\n");
    expect(bench.run("apply -f tea.yaml").stdout).toBe("boat.sea.example.com/tea unchanged\n");
    expect(bench.run("replace -f tea.yaml").stdout).toBe("boat.sea.example.com/tea replaced\n");
    expect(bench.run("explain boat.spec.crew").stdout).toContain("FIELD: crew <integer>");
    expect(bench.run("scale boat tea --replicas=4").stdout).toBe("boat.sea.example.com/tea scaled\n");
    expect(bench.run("get boat tea -o jsonpath={.spec.crew}/{.metadata.generation}").stdout).toBe("4/2");
  });

  it("refuses what its schema and its rules do not allow, in upstream's words", () => {
    const bench = harbour();
    expect(refusal(bench, "{crew: 0, max: 5}")).toBe('The Boat "bad" is invalid: spec.crew: Invalid value: 0: spec.crew in body should be greater than or equal to 1\n');
    expect(refusal(bench, "{crew: 11}")).toBe('The Boat "bad" is invalid: spec: Invalid value: only 10 fit, not 11\n');
    expect(refusal(bench, "{crew: 1, cargo: [{what: tin}]}")).toBe('The Boat "bad" is invalid: spec.cargo: Forbidden: tin needs two\n');
    expect(refusal(bench, "{crew: 1, cargo: [{what: tea}, {what: tea}]}")).toBe('The Boat "bad" is invalid: spec.cargo[1]: Duplicate value: {"what":"tea"}\n');
    expect(refusal(bench, "{crew: 2, cargo: [{what: rum}]}")).toContain('* spec.cargo[0].what: Unsupported value: "rum": supported values: "tea", "tin"\n* <nil>: Invalid value: null: some validation rules were not checked');
    expect(refusal(bench, "{crew: two}")).toContain('spec.crew: Invalid value: "string": spec.crew in body must be of type integer: "string"');
    expect(refusal(bench, "{crew: 1, captain: Nemo-of-the-very-deep-sea}")).toContain("spec.captain: Too long: may not be more than 20 bytes");
    expect(refusal(bench, "{crew: 1, sails: 2}")).toBe('Error from server (BadRequest): error when creating "bad.yaml": Boat in version "v1" cannot be handled as a Boat: strict decoding error: unknown field "spec.sails"\n');
    expect(refusal(bench, "{crew: 1, cargo: [{what: tea}, {what: tin}, {what: tea}, {what: tin}]}")).toContain("spec.cargo: Too many: 4: must have at most 3 items");
  });

  it("lets rules look at what was there before, and old faults be", () => {
    const bench = harbour();
    bench.run("apply -f tea.yaml");
    expect(bench.run('patch boat tea --type=merge -p {"spec":{"harbour":"Bari"}}').stderr).toBe('The Boat "tea" is invalid: spec.harbour: Invalid value: "Bari": a boat keeps its harbour\n');
    expect(bench.run('patch boat tea -p {"spec":{"crew":9}}').stderr).toContain("application/strategic-merge-patch+json is not supported by sea.example.com/v1, Kind=Boat");
    const stricter = CRD.replace("minimum: 1, description", "minimum: 5, description");
    bench.files.set("crd.yaml", stricter);
    expect(bench.run("apply -f crd.yaml").stdout).toContain("configured");
    expect(bench.run('patch boat tea --type=merge -p {"spec":{"captain":"Ada"}}').stdout).toBe("boat.sea.example.com/tea patched\n");
    expect(bench.run('patch boat tea --type=merge -p {"spec":{"crew":4}}').stderr).toContain("should be greater than or equal to 5");
  });

  it("is one object in every version, kept through forks and snapshots", () => {
    const bench = harbour({ "beta.yaml": boat("beta", "{crew: 2}", "sea.example.com/v1beta1") });
    expect(bench.run("apply -f beta.yaml").stdout).toBe("boat.sea.example.com/beta created\n");
    expect(bench.run("get boats.v1beta1.sea.example.com beta -o jsonpath={.apiVersion}/{.spec.crew}").stdout).toBe("sea.example.com/v1beta1/2");
    expect(bench.run("get boat beta -o jsonpath={.apiVersion}/{.spec.captain}").stdout).toBe("sea.example.com/v1/nobody");
    expect(bench.run("apply -f beta.yaml").stdout).toBe("boat.sea.example.com/beta unchanged\n");
    const copy = bench.cluster.fork();
    expect(copy.as("kubernetes-admin").list(kindId("sea.example.com/v1beta1", "Boat"))).toHaveLength(1);
  });

  it("outlives the version it was stored in", () => {
    const bench = harbour();
    bench.run("apply -f tea.yaml");
    bench.files.set("crd.yaml", CRD.replace("storage: true", "storage: false, deprecated: true").replace("storage: true", "storage: false").replace("    served: true\n    storage: false\n    schema:\n      openAPIV3Schema: {type", "    served: true\n    storage: true\n    schema:\n      openAPIV3Schema: {type").replace("storage: false, deprecated: true", "storage: false\n    deprecated: true"));
    expect(bench.run("apply -f crd.yaml").stdout).toContain("configured");
    expect(bench.run("get crd boats.sea.example.com -o jsonpath={.status.storedVersions}").stdout).toBe('["v1","v1beta1"]');
    expect(bench.run("get boats").stderr).toBe("Warning: sea.example.com/v1 Boat is deprecated\n");
    expect(bench.run('patch crd boats.sea.example.com --subresource=status --type=merge -p {"status":{"storedVersions":["v1beta1"]}}').stdout).toContain("patched");
    expect(bench.run("get boat tea -o jsonpath={.spec.crew}/{.metadata.name}").stdout).toBe("3/tea");
    expect(bench.cluster.as("kubernetes-admin").list(kindId("sea.example.com/v1beta1", "Boat"))).toHaveLength(1);
  });

  it("applies from the server's side by the lists its schema declares", () => {
    const bench = harbour();
    bench.run("apply -f tea.yaml");
    const ref = { kind: kindId("sea.example.com/v1", "Boat"), namespace: "default", name: "tea" };
    const apply = (manager: string, weight: number): KubeObject => bench.cluster.as("kubernetes-admin").patch(ref, { type: "apply", fieldManager: manager, body: { apiVersion: "sea.example.com/v1", kind: "Boat", metadata: { name: "tea" }, spec: { cargo: [{ what: "tin", weight }] } } });
    const cargo = (apply("one", 1) as unknown as { readonly spec: { readonly cargo: unknown } }).spec.cargo;
    expect(cargo).toEqual([{ what: "tea", weight: 5 }, { what: "tin", weight: 1 }]);
    expect(() => apply("two", 2)).toThrow('Apply failed with 1 conflict: conflict with "one": .spec.cargo[what="tin"].weight');
  });

  it("goes with its definition, and its objects with their owners and namespaces", () => {
    const bench = harbour();
    bench.run("create namespace sea");
    bench.run("apply -f tea.yaml -n sea");
    bench.run("create configmap log");
    const admin = bench.cluster.as("kubernetes-admin");
    const log = admin.get<KubeObject>(kindId("v1", "ConfigMap"), { namespace: "default", name: "log" });
    admin.create({ apiVersion: "sea.example.com/v1", kind: "Boat", metadata: { name: "owned", namespace: "default", ownerReferences: [{ apiVersion: "v1", kind: "ConfigMap", name: "log", uid: log?.metadata.uid ?? "" }] }, spec: { crew: 2 } });
    bench.run("delete configmap log");
    bench.run("delete namespace sea");
    bench.cluster.advance(millis(20_000));
    expect(bench.run("get boats -A").stdout + bench.run("get boats -A").stderr).toContain("No resources found");
    bench.run("apply -f tea.yaml");
    expect(bench.run("delete crd boats.sea.example.com").stdout).toBe('customresourcedefinition.apiextensions.k8s.io "boats.sea.example.com" deleted\n');
    expect(bench.run("get boats").stderr).toContain("the server could not find the requested resource (get boats.sea.example.com)");
    expect(admin.get(kindId("apiextensions.k8s.io/v1", "CustomResourceDefinition"), { namespace: "", name: "boats.sea.example.com" })).toBeUndefined();
  });

  it("is not established while another has its names", () => {
    const bench = harbour({ "other.yaml": CRD.replaceAll("boats", "ships").replace("singular: boat", "singular: ship").replace("kind: Boat", "kind: Ship") });
    bench.run("apply -f other.yaml");
    bench.cluster.advance(millis(1000));
    const conditions = bench.run("get crd ships.sea.example.com -o jsonpath={range.status.conditions[*]}{.type}={.status}:{.reason}:{.message};{end}").stdout;
    expect(conditions).toContain('NamesAccepted=False:ShortNamesConflict:"bt" is already in use;Established=False:NotAccepted:not all names are accepted;');
    bench.run("delete crd boats.sea.example.com");
    bench.cluster.advance(millis(1000));
    expect(bench.run("wait --for=condition=Established crd/ships.sea.example.com --timeout=5s").stdout).toContain("condition met");
  });

  it("is told of formats nobody knows", () => {
    const bench = testBench({ "crd.yaml": CRD.replace("captain: {type: string,", "captain: {type: string, format: rank,").replace("crew: {type: integer,", "crew: {type: integer, format: int32,") });
    expect(bench.run("apply -f crd.yaml")).toEqual({ stdout: "customresourcedefinition.apiextensions.k8s.io/boats.sea.example.com created\n", stderr: 'Warning: unrecognized format "rank"\n', exitCode: 0 });
  });

  it("must be defined well", () => {
    const bench = testBench({});
    const apply = (change: (text: string) => string): string => {
      bench.files.set("x.yaml", change(CRD));
      return bench.run("apply -f x.yaml").stderr;
    };
    expect(apply((text) => text.replace("self.crew <= self.max", "self.crews <= self.max"))).toContain("compilation failed: ERROR: <input>:1:5: undefined field 'crews'\n | self.crews <= self.max\n | ....^");
    expect(apply((text) => text.replace("self.crew <= self.max", "self.crew"))).toContain("cel expression must evaluate to a bool");
    expect(apply((text) => text.replace("crew: {type: integer,", "crew: {type: whole,"))).toContain('properties[crew].type: Unsupported value: "whole": supported values: "array", "boolean", "integer", "number", "object", "string"');
    expect(apply((text) => text.replace("[what]", "[which]"))).toContain("entries must all be names of item properties");
    expect(apply((text) => text.replace(".spec.crew, statusReplicasPath", ".crew, statusReplicasPath"))).toContain("should be a json path under .spec");
    expect(apply((text) => text.replace("default: nobody", "default: 7"))).toContain('default: Invalid value: "integer":  in body must be of type string: "integer"');
  });
});
