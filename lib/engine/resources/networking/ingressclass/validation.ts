/** The rules of IngressClasses. */
import type { FieldError } from "../../../apimachinery/api-error";
import type { KubeObject } from "../../../apimachinery/meta";
import { dns1123LabelErrors, dns1123SubdomainErrors } from "../../../apimachinery/names";
import { specOf } from "../../cells";
import { Findings } from "../../findings";
import { has, objectAt, textAt } from "../../json-object";
import { immutable, onlyStatusDiffers, validateMetadata } from "../../meta-validation";

function validateController(found: Findings, controller: string): void {
  if (controller === "") {
    found.required("spec.controller");
    return;
  }
  if (controller.length > 250) found.tooLong("spec.controller", 250);
  const slash = controller.indexOf("/");
  if (slash < 0) found.invalid("spec.controller", controller, "must be a domain-prefixed path (such as \"acme.io/foo\")");
  else {
    found.names("spec.controller", controller.slice(0, slash), dns1123SubdomainErrors(controller.slice(0, slash)));
    if (controller.slice(slash + 1) === "") found.invalid("spec.controller", controller, "must be a domain-prefixed path (such as \"acme.io/foo\")");
  }
}

function validateParameters(found: Findings, parameters: ReturnType<typeof specOf>): void {
  const path = "spec.parameters";
  for (const field of ["kind", "name"]) {
    const value = textAt(parameters, field);
    if (value === "") found.required(`${path}.${field}`);
    else if (/[/%]/.test(value)) found.invalid(`${path}.${field}`, value, `may not contain '${value.includes("/") ? "/" : "%"}'`);
  }
  const group = textAt(parameters, "apiGroup");
  if (has(parameters, "apiGroup")) found.names(`${path}.apiGroup`, group, dns1123SubdomainErrors(group));
  const [scope, namespace] = [textAt(parameters, "scope"), textAt(parameters, "namespace")];
  if (!["Cluster", "Namespace"].includes(scope)) found.notSupported(`${path}.scope`, scope, ["Cluster", "Namespace"]);
  else if (scope === "Namespace" && namespace === "") found.required(`${path}.namespace`, "`parameters.scope` is set to 'Namespace'");
  else if (scope === "Namespace") found.names(`${path}.namespace`, namespace, dns1123LabelErrors(namespace));
  else if (has(parameters, "namespace")) found.forbidden(`${path}.namespace`, "`parameters.scope` is set to 'Cluster'");
}

/** Everything wrong with an IngressClass. */
export function validateIngressClass(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return [];
  const found = new Findings("ingressclass");
  const spec = specOf(object);
  validateMetadata(found, object);
  validateController(found, textAt(spec, "controller"));
  if (previous !== undefined) immutable(found, "spec.controller", textAt(spec, "controller"), textAt(specOf(previous), "controller"));
  if (has(spec, "parameters")) validateParameters(found, objectAt(spec, "parameters"));
  return found.errors;
}
