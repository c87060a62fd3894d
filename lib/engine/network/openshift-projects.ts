import { deepEqual } from "../apimachinery/compare";
import { CUSTOM_RESOURCE_DEFINITION, NAMESPACE } from "../apimachinery/kinds";
import { kindId, refOf, type KubeObject } from "../apimachinery/meta";
import { workQueue, type Component, type ComponentContext } from "../client/component";
import { jsonOf } from "../resources/cells";
import { objectAt, textAt } from "../resources/json-object";

/** OpenShift's other name for a namespace, and how people ask for one. */
export const PROJECT = kindId("project.openshift.io/v1", "Project");
export const PROJECT_REQUEST = kindId("project.openshift.io/v1", "ProjectRequest");

const queue = (context: ComponentContext) => workQueue(context.state, "openshift-projects");

/**
 * Where OpenShift's kinds are installed: every namespace shows as a Project of its name, and a ProjectRequest becomes a namespace
 * with the annotations that say what it is for. Upstream: openshift/openshift-apiserver project.
 *
 * @simplified A Project is an object beside its namespace, not another view of it; deleting either deletes both.
 */
export const openShiftProjects: Component = {
  name: "openshift-projects",
  watches: [NAMESPACE, CUSTOM_RESOURCE_DEFINITION],
  watchesCustom: true,
  observe(event, context) {
    if (context.client.definition(PROJECT) === undefined) return;
    const { name } = event.object.metadata;
    if (event.kind === PROJECT && event.type === "DELETED") queue(context).add(`delete/${name}`);
    else if (event.kind === PROJECT_REQUEST && event.type === "ADDED") queue(context).add(`request/${name}`);
    else if (event.kind === PROJECT && event.type === "ADDED") queue(context).add(`adopt/${name}`);
    // The kind has come: all that was here before is due.
    else if (event.kind === CUSTOM_RESOURCE_DEFINITION && name === "projects.project.openshift.io") for (const one of context.client.list<KubeObject>(NAMESPACE)) queue(context).add(`show/${one.metadata.name}`);
    else if (event.kind === NAMESPACE) queue(context).add(`show/${name}`);
  },
  work(context) {
    const item = queue(context).take();
    if (item === undefined) return false;
    const [verb = "", name = ""] = item.split("/");
    if (verb === "delete") remove(name, context);
    else if (verb === "request") grant(name, context);
    else show(name, context, verb === "adopt");
    return true;
  },
};

const whole = (name: string) => ({ namespace: "", name });

function remove(name: string, { client }: ComponentContext): void {
  const namespace = client.get<KubeObject>(NAMESPACE, whole(name));
  if (namespace && namespace.metadata.deletionTimestamp === undefined) client.delete(refOf(namespace));
}

function grant(name: string, { client }: ComponentContext): void {
  const request = client.get<KubeObject>(PROJECT_REQUEST, whole(name));
  if (!request) return;
  const asked = jsonOf(request);
  const annotations = { "openshift.io/description": textAt(asked, "description"), "openshift.io/display-name": textAt(asked, "displayName"), "openshift.io/requester": "kubernetes-admin" };
  if (!client.get(NAMESPACE, whole(name))) client.create({ apiVersion: "v1", kind: "Namespace", metadata: { name, annotations } });
  client.delete(refOf(request));
}

function show(name: string, context: ComponentContext, adopting: boolean): void {
  const { client } = context;
  const namespace = client.get<KubeObject>(NAMESPACE, whole(name));
  const project = client.get<KubeObject>(PROJECT, whole(name));
  if (!namespace) {
    // A Project somebody made brings its namespace; one whose namespace is gone goes too.
    if (project && adopting) client.create({ apiVersion: "v1", kind: "Namespace", metadata: { name, annotations: project.metadata.annotations ?? {} } });
    else if (project) client.delete(refOf(project));
    return;
  }
  const status = { phase: textAt(objectAt(jsonOf(namespace), "status"), "phase") };
  const wanted = { labels: namespace.metadata.labels ?? {}, annotations: namespace.metadata.annotations ?? {} };
  const stored = project ?? client.create<KubeObject>({ apiVersion: "project.openshift.io/v1", kind: "Project", metadata: { name, ...wanted }, spec: { finalizers: ["kubernetes"] } });
  const current = deepEqual({ labels: stored.metadata.labels ?? {}, annotations: stored.metadata.annotations ?? {} }, wanted) ? stored : client.update({ ...stored, metadata: { ...stored.metadata, ...wanted } });
  if (!deepEqual(jsonOf(current)["status"], status)) client.updateStatus({ ...current, status } as unknown as KubeObject);
}
