import { deepEqual } from "../apimachinery/compare";
import { hash32 } from "../apimachinery/canonical";
import { CUSTOM_RESOURCE_DEFINITION, INGRESS, INGRESS_CLASS, POD, SERVICE } from "../apimachinery/kinds";
import { refOf, type JsonObject, type KubeObject, type ObjectKey } from "../apimachinery/meta";
import { controllerRef, isControlledBy } from "../apimachinery/owner";
import { timestamp } from "../apimachinery/time";
import type { Component, ComponentContext } from "../client/component";
import { jsonOf } from "../resources/cells";
import type { Pod } from "../resources/core/pod/pod";
import type { Service } from "../resources/core/service/service";
import { objectAt, objectsAt, textAt } from "../resources/json-object";
import type { Ingress, IngressClass } from "../resources/networking/ingress/ingress";
import { readyProxies } from "./ingress-status";
import { claimant, openShiftRoutes, ROUTE, type OpenShiftRoute } from "./openshift-routes";
import { proxyOfPod } from "./proxy-kinds";

/** The controller an IngressClass names for Ingresses that become Routes. */
const CONVERTER = "openshift.io/ingress-to-route";
const GENERATED = "openshift.io/host.generated";

/**
 * While OpenShift's router runs: Ingresses become Routes, Routes without a host get one of the router's own domain, and every Route
 * hears whether it is admitted. Names outside that domain are left to whoever keeps the DNS.
 * Upstream: openshift/route-controller-manager ingress; openshift/router status.
 */
export const openShiftRouter: Component = {
  name: "openshift-router",
  watches: [INGRESS, INGRESS_CLASS, SERVICE, { kind: POD, while: CUSTOM_RESOURCE_DEFINITION }, CUSTOM_RESOURCE_DEFINITION],
  watchesCustom: true,
  observe(event, context) {
    if (event.kind === POD && proxyOfPod(event.object as Pod)?.name !== "openshift") return;
    if (event.kind === SERVICE && context.client.count(INGRESS) === 0) return;
    if (![POD, SERVICE, INGRESS, INGRESS_CLASS, CUSTOM_RESOURCE_DEFINITION].includes(event.kind) && event.kind !== ROUTE) return;
    if (context.client.definition(ROUTE) !== undefined) context.state.cell<boolean>("openshift-router:look", false).set(true);
  },
  work(context) {
    const look = context.state.cell<boolean>("openshift-router:look", false);
    if (!look.get()) return false;
    look.set(false);
    if (context.client.definition(ROUTE) === undefined) return true;
    const router = [...readyProxies(context)].find(([kind]) => kind.name === "openshift")?.[1][0];
    if (!router) return true;
    for (const ingress of context.client.list<Ingress>(INGRESS)) convert(ingress, context);
    for (const route of openShiftRoutes(context.client)) admit(route, domainOf(router), context);
    return true;
  },
};

/** The domain whose names all lead to the router: `ROUTER_DOMAIN` of its container. */
function domainOf(router: Pod): string {
  return router.spec.containers.flatMap(({ env = [] }) => env).find(({ name }) => name === "ROUTER_DOMAIN")?.value ?? "apps.cluster.local";
}

function isConverted(ingress: Ingress, context: ComponentContext): boolean {
  const name = ingress.spec.ingressClassName ?? ingress.metadata.annotations?.["kubernetes.io/ingress.class"];
  if (name === undefined || name === "openshift-default") return true;
  return context.client.get<IngressClass>(INGRESS_CLASS, { namespace: "", name })?.spec.controller === CONVERTER;
}

/** Makes, corrects and withdraws the Routes of an Ingress. */
function convert(ingress: Ingress, context: ComponentContext): void {
  const { client } = context;
  const namespace = ingress.metadata.namespace ?? "";
  const wanted = isConverted(ingress, context) && ingress.metadata.deletionTimestamp === undefined ? specsOf(ingress, context) : [];
  const own = client.list<KubeObject>(ROUTE, { namespace }).filter((route) => isControlledBy(route, ingress));
  const names = new Set(wanted.map(({ name }) => name));
  for (const route of own) if (!names.has(route.metadata.name)) client.delete(refOf(route));
  for (const { name, spec } of wanted) {
    const found = own.find((route) => route.metadata.name === name);
    if (!found) client.create({ apiVersion: "route.openshift.io/v1", kind: "Route", metadata: { name, namespace, labels: ingress.metadata.labels ?? {}, ownerReferences: [controllerRef(ingress)] }, spec });
    else if (!deepEqual(jsonOf(found)["spec"], spec)) client.update({ ...found, spec } as unknown as KubeObject);
  }
}

function specsOf(ingress: Ingress, { client }: ComponentContext): readonly { readonly name: string; readonly spec: JsonObject }[] {
  const namespace = ingress.metadata.namespace ?? "";
  return (ingress.spec.rules ?? []).flatMap((rule) =>
    (rule.http?.paths ?? []).flatMap(({ path = "/", backend }) => {
      const service = backend.service;
      const found = service && client.get<Service>(SERVICE, { namespace, name: service.name });
      const port = found?.spec.ports?.find((one) => (service?.port?.name !== undefined ? one.name === service.port.name : one.port === service?.port?.number));
      if (rule.host === undefined || rule.host.startsWith("*.") || !service || !port) return [];
      const secure = (ingress.spec.tls ?? []).some(({ hosts = [] }) => hosts.includes(rule.host ?? ""));
      const spec: JsonObject = {
        host: rule.host,
        path,
        to: { kind: "Service", name: service.name, weight: 100 },
        port: { targetPort: port.name !== undefined && port.name !== "" ? port.name : (port.targetPort ?? port.port) },
        ...(secure ? { tls: { termination: "edge", insecureEdgeTerminationPolicy: "Redirect" } } : {}),
        wildcardPolicy: "None",
      };
      return [{ name: `${ingress.metadata.name}-${suffix({ namespace, name: `${rule.host}${path}` })}`, spec }];
    }),
  );
}

const LETTERS = "bcdfghjklmnpqrstvwxz2456789";

function suffix({ namespace, name }: ObjectKey): string {
  let rest = hash32(`${namespace}/${name}`, 0);
  return Array.from({ length: 5 }, () => {
    const letter = LETTERS[rest % LETTERS.length] ?? "b";
    rest = Math.trunc(rest / LETTERS.length);
    return letter;
  }).join("");
}

/** Gives a Route its host and says whether it is served. */
function admit(route: OpenShiftRoute, domain: string, context: ComponentContext): void {
  const { client } = context;
  if (route.host === "") {
    const spec = { ...objectAt(jsonOf(route.object), "spec"), host: `${route.key.name}-${route.key.namespace}.${domain}` };
    const metadata = { ...route.object.metadata, annotations: { ...route.object.metadata.annotations, [GENERATED]: "true" } };
    client.update({ ...route.object, metadata, spec } as unknown as KubeObject);
    context.state.cell<boolean>("openshift-router:look", false).set(true);
    return;
  }
  const rival = claimant(openShiftRoutes(client), route);
  const status = rival ? "False" : "True";
  const before = objectsAt(objectAt(jsonOf(route.object), "status"), "ingress")[0] ?? {};
  const old = objectsAt(before, "conditions").find((one) => textAt(one, "type") === "Admitted" && textAt(one, "status") === status);
  const condition = {
    type: "Admitted",
    status,
    ...(rival ? { reason: "HostAlreadyClaimed", message: rival.key.namespace === route.key.namespace ? `route ${rival.key.name} already exposes ${route.host} and is older` : `a route in another namespace holds ${route.host} and is older than ${route.key.name}` } : {}),
    lastTransitionTime: old ? textAt(old, "lastTransitionTime") : timestamp(context.clock.now()),
  };
  const told: JsonObject = { ingress: [{ host: route.host, routerName: "default", conditions: [condition], wildcardPolicy: route.wildcard ? "Subdomain" : "None", routerCanonicalHostname: `router-default.${domain}` }] };
  if (!deepEqual(jsonOf(route.object)["status"], told)) client.updateStatus({ ...route.object, status: told } as unknown as KubeObject);
}
