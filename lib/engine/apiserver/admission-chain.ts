import type { KindId, KubeObject } from "../apimachinery/meta";
import type { AdmissionContext, AdmissionPlugin, AdmissionRequest } from "./request";

type Stage = "creating" | "changing" | "judging";

/** The plugins every write passes, in their order: those that alter it, then those that judge it. Upstream: apiserver/pkg/admission/chain.go. */
export class Admission {
  private readonly mutators: readonly AdmissionPlugin[];
  private readonly validators: readonly AdmissionPlugin[];
  /** Those a kind has to do with, found once. */
  private readonly found = { creating: new Map<KindId, readonly AdmissionPlugin[]>(), changing: new Map<KindId, readonly AdmissionPlugin[]>(), judging: new Map<KindId, readonly AdmissionPlugin[]>() };

  constructor(
    plugins: readonly AdmissionPlugin[],
    private readonly context: AdmissionContext,
  ) {
    this.mutators = plugins.filter((plugin) => plugin.mutate !== undefined);
    this.validators = plugins.filter((plugin) => plugin.validate !== undefined);
  }

  /** The object as the plugins make it; all have another look after one that asks for it has changed something. */
  mutate(request: AdmissionRequest): KubeObject {
    let object = request.object as KubeObject;
    let again = false;
    const plugins = this.concerned(request.definition.kind, request.operation === "CREATE" ? "creating" : "changing");
    for (const plugin of plugins) {
      const next = plugin.mutate?.(object === request.object ? request : { ...request, object }, this.context) ?? object;
      again ||= plugin.reinvokes === true && next !== object;
      object = next;
    }
    if (again) for (const plugin of plugins) if (!plugin.reinvokes) object = plugin.mutate?.({ ...request, object }, this.context) ?? object;
    return object;
  }

  /** @throws {ApiError} what the first plugin that refuses it says. */
  admit(request: AdmissionRequest): void {
    for (const plugin of this.concerned(request.definition.kind, "judging")) plugin.validate?.(request, this.context);
  }

  private concerned(kind: KindId, stage: Stage): readonly AdmissionPlugin[] {
    const known = this.found[stage].get(kind);
    if (known) return known;
    const found = stage === "judging" ? this.validators.filter(({ judges }) => judges?.has(kind) ?? true) : this.mutators.filter(({ alters, onlyNew }) => (alters?.has(kind) ?? true) && !(onlyNew && stage === "changing"));
    this.found[stage].set(kind, found);
    return found;
  }
}
