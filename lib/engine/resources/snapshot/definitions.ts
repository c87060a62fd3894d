import { kindId, type JsonObject, type KubeObject } from "../../apimachinery/meta";

const GROUP = "snapshot.storage.k8s.io";

/** Kinds of the CSI snapshot controller, where its definitions are installed. */
export const VOLUME_SNAPSHOT = kindId(`${GROUP}/v1`, "VolumeSnapshot");
export const VOLUME_SNAPSHOT_CONTENT = kindId(`${GROUP}/v1`, "VolumeSnapshotContent");
export const VOLUME_SNAPSHOT_CLASS = kindId(`${GROUP}/v1`, "VolumeSnapshotClass");

/** What went wrong with a snapshot, and when. */
export interface SnapshotError {
  readonly message?: string;
  readonly time?: string;
}

/** snapshot.storage.k8s.io/v1 VolumeSnapshot. */
export interface VolumeSnapshot extends KubeObject {
  readonly spec: { readonly source: { readonly persistentVolumeClaimName?: string; readonly volumeSnapshotContentName?: string }; readonly volumeSnapshotClassName?: string };
  readonly status?: { readonly boundVolumeSnapshotContentName?: string; readonly creationTime?: string; readonly readyToUse?: boolean; readonly restoreSize?: string; readonly error?: SnapshotError };
}

/** snapshot.storage.k8s.io/v1 VolumeSnapshotContent. */
export interface VolumeSnapshotContent extends KubeObject {
  readonly spec: {
    readonly deletionPolicy: "Delete" | "Retain";
    readonly driver: string;
    readonly source: { readonly volumeHandle?: string; readonly snapshotHandle?: string };
    readonly volumeSnapshotClassName?: string;
    readonly volumeSnapshotRef: { readonly apiVersion?: string; readonly kind?: string; readonly namespace?: string; readonly name?: string; readonly uid?: string };
  };
  readonly status?: { readonly creationTime?: number; readonly readyToUse?: boolean; readonly restoreSize?: number; readonly snapshotHandle?: string; readonly error?: SnapshotError };
}

/** snapshot.storage.k8s.io/v1 VolumeSnapshotClass. */
export interface VolumeSnapshotClass extends KubeObject {
  readonly driver: string;
  readonly deletionPolicy: "Delete" | "Retain";
}

const text = (more: JsonObject = {}): JsonObject => ({ type: "string", ...more });
const truth: JsonObject = { type: "boolean" };
const number: JsonObject = { type: "integer", format: "int64" };
const fields = (properties: JsonObject, required: readonly string[] = [], more: JsonObject = {}): JsonObject => ({ type: "object", properties, ...(required.length > 0 ? { required: [...required] } : {}), ...more });
const column = (title: string, jsonPath: string, type = "string"): JsonObject => ({ name: title, type, jsonPath });
const created = column("Age", ".metadata.creationTimestamp", "date");
const error = fields({ message: text(), time: text({ format: "date-time" }) });
const policy = text({ enum: ["Delete", "Retain"] });
const size: JsonObject = { anyOf: [{ type: "integer" }, { type: "string" }], "x-kubernetes-int-or-string": true };

interface Definition {
  readonly kind: string;
  readonly plural: string;
  readonly short: readonly string[];
  readonly scope: "Cluster" | "Namespaced";
  readonly schema: JsonObject;
  readonly required: readonly string[];
  readonly hasStatus: boolean;
  readonly columns: readonly JsonObject[];
}

function definition({ kind, plural, short, scope, schema, required, hasStatus, columns }: Definition): JsonObject {
  const openAPIV3Schema = fields({ apiVersion: text(), kind: text(), metadata: { type: "object" }, ...schema }, required);
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${GROUP}`, annotations: { "api-approved.kubernetes.io": "https://github.com/kubernetes-csi/external-snapshotter/pull/814" } },
    spec: {
      group: GROUP,
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase(), shortNames: [...short] },
      scope,
      versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema }, ...(hasStatus ? { subresources: { status: {} } } : {}), additionalPrinterColumns: [...columns] }],
    },
  };
}

const oneSource = (names: readonly [string, string]): JsonObject => ({ oneOf: names.map((name) => ({ required: [name] })) });

/** The definitions an administrator installs to have snapshots. Upstream: kubernetes-csi/external-snapshotter client/config/crd. */
export const snapshotDefinitions: readonly JsonObject[] = [
  definition({
    kind: "VolumeSnapshotClass",
    plural: "volumesnapshotclasses",
    short: ["vsclass", "vsclasses"],
    scope: "Cluster",
    schema: { driver: text(), deletionPolicy: policy, parameters: { type: "object", additionalProperties: { type: "string" } } },
    required: ["deletionPolicy", "driver"],
    hasStatus: false,
    columns: [column("Driver", ".driver"), column("DeletionPolicy", ".deletionPolicy"), created],
  }),
  definition({
    kind: "VolumeSnapshotContent",
    plural: "volumesnapshotcontents",
    short: ["vsc", "vscs"],
    scope: "Cluster",
    schema: {
      spec: fields(
        {
          deletionPolicy: policy,
          driver: text(),
          source: fields({ volumeHandle: text(), snapshotHandle: text() }, [], oneSource(["volumeHandle", "snapshotHandle"])),
          sourceVolumeMode: text(),
          volumeSnapshotClassName: text(),
          volumeSnapshotRef: fields({ apiVersion: text(), fieldPath: text(), kind: text(), name: text(), namespace: text(), resourceVersion: text(), uid: text() }),
        },
        ["deletionPolicy", "driver", "source", "volumeSnapshotRef"],
      ),
      status: fields({ creationTime: number, error, readyToUse: truth, restoreSize: { ...number, minimum: 0 }, snapshotHandle: text(), volumeGroupSnapshotHandle: text() }),
    },
    required: ["spec"],
    hasStatus: true,
    columns: [
      column("ReadyToUse", ".status.readyToUse", "boolean"),
      column("RestoreSize", ".status.restoreSize", "integer"),
      column("DeletionPolicy", ".spec.deletionPolicy"),
      column("Driver", ".spec.driver"),
      column("VolumeSnapshotClass", ".spec.volumeSnapshotClassName"),
      column("VolumeSnapshot", ".spec.volumeSnapshotRef.name"),
      column("VolumeSnapshotNamespace", ".spec.volumeSnapshotRef.namespace"),
      created,
    ],
  }),
  definition({
    kind: "VolumeSnapshot",
    plural: "volumesnapshots",
    short: ["vs"],
    scope: "Namespaced",
    schema: {
      spec: fields({ source: fields({ persistentVolumeClaimName: text(), volumeSnapshotContentName: text() }, [], oneSource(["persistentVolumeClaimName", "volumeSnapshotContentName"])), volumeSnapshotClassName: text() }, ["source"]),
      status: fields({ boundVolumeSnapshotContentName: text(), creationTime: text({ format: "date-time" }), error, readyToUse: truth, restoreSize: size, volumeGroupSnapshotName: text() }),
    },
    required: ["spec"],
    hasStatus: true,
    columns: [
      column("ReadyToUse", ".status.readyToUse", "boolean"),
      column("SourcePVC", ".spec.source.persistentVolumeClaimName"),
      column("SourceSnapshotContent", ".spec.source.volumeSnapshotContentName"),
      column("RestoreSize", ".status.restoreSize"),
      column("SnapshotClass", ".spec.volumeSnapshotClassName"),
      column("SnapshotContent", ".status.boundVolumeSnapshotContentName"),
      column("CreationTime", ".status.creationTime", "date"),
      created,
    ],
  }),
];
