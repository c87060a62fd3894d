import { deepEqual, refOf, type Cluster, type KindId, type KubeObject } from "@/lib/engine";
import type { Finding } from "../exercise";
import { fail, objectEvidence, pass } from "../finding";
import { objectsOf } from "../observe";

/** Which objects may not change; all of the kinds when `names` is absent. */
export interface Foreign {
  readonly kinds: readonly KindId[];
  readonly except?: (object: KubeObject) => boolean;
}

const specOf = (object: KubeObject): unknown => (object as { readonly spec?: unknown }).spec;

/** Objects that are none of the student's business are as they were (V22): same UID, same spec. Refused with `foreign.deleted` or `foreign.changed`. */
export function untouched(before: Cluster, after: Cluster, { kinds, except = () => false }: Foreign): Finding {
  for (const kind of kinds) {
    const now = objectsOf(after, kind);
    for (const object of objectsOf(before, kind)) {
      if (except(object)) continue;
      const { name, uid, namespace } = object.metadata;
      const same = now.find((other) => other.metadata.name === name && other.metadata.namespace === namespace);
      if (!same || same.metadata.uid !== uid) {
        return fail("foreign.deleted", { es: `${refOf(object).kind.split("/").at(-1) ?? ""} ${name} ya no es el que había: se ha borrado por el camino.`, en: `${refOf(object).kind.split("/").at(-1) ?? ""} ${name} is not the one that was there: it was deleted on the way.` }, { es: "Resuelve el encargo sin borrar lo que ya estaba.", en: "Do the task without deleting what was already there." }, [objectEvidence(object)]);
      }
      if (!deepEqual(specOf(object), specOf(same))) {
        return fail("foreign.changed", { es: `Has cambiado ${refOf(object).kind.split("/").at(-1) ?? ""} ${name}, que no formaba parte del encargo.`, en: `You changed ${refOf(object).kind.split("/").at(-1) ?? ""} ${name}, which was not part of the task.` }, { es: "Déjalo como estaba y busca otra manera.", en: "Leave it as it was and look for another way." }, [objectEvidence(same, "spec")]);
      }
    }
  }
  return pass();
}
