import { CERTIFICATE_SIGNING_REQUEST } from "../../apimachinery/kinds";
import type { JsonObject, KubeObject } from "../../apimachinery/meta";
import type { AdmissionPlugin } from "../request";

/** Writes down who asks for a certificate; nobody can ask in another's name. Upstream does this before admission, in the registry. */
export const signingRequest: AdmissionPlugin = {
  name: "CertificateSigningRequestor",
  alters: new Set([CERTIFICATE_SIGNING_REQUEST]),
  onlyNew: true,
  mutate({ operation, definition, object, user }) {
    if (operation !== "CREATE" || definition.kind !== CERTIFICATE_SIGNING_REQUEST || !object) return undefined;
    const { spec = {} } = object as KubeObject & { readonly spec?: JsonObject };
    return { ...object, spec: { ...spec, username: user } } as KubeObject;
  },
};
