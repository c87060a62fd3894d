import { SECRET, SERVICE_ACCOUNT } from "../../apimachinery/kinds";
import type { KubeObject, ObjectKey } from "../../apimachinery/meta";
import { keyOf } from "../../apimachinery/meta";
import type { Client } from "../../client/client";
import { encodeBase64 } from "../../resources/core/secret/base64";
import type { Secret } from "../../resources/core/secret/secret";
import { remove } from "../claims";
import type { Controller, ControllerContext } from "../controller";
import { ROOT_CA } from "../../apimachinery/root-ca";

const TYPE = "kubernetes.io/service-account-token";
const ACCOUNT = "kubernetes.io/service-account.name";
const UID = "kubernetes.io/service-account.uid";

/** Writes the token of an account, bound to the Secret that keeps it. */
export type Issue = (wish: { readonly namespace: string; readonly account: string; readonly uid: string; readonly now: number; readonly secret: { readonly name: string; readonly uid: string } }) => string;

/**
 * Fills Secrets of type `kubernetes.io/service-account-token` with a token of the account they name, and removes
 * those whose account is gone. Upstream: pkg/controller/serviceaccount/tokens_controller.go.
 */
export function tokensController(issue: Issue): Controller {
  return {
    name: "serviceaccount-token",
    reconciles: SECRET,
    wants: (object) => (object as Secret).type === TYPE,
    watches: [{ kind: SERVICE_ACCOUNT, wakes: secretsOf }],
    reconcile(key, context) {
      fill(key, context, issue);
    },
  };
}

function secretsOf({ metadata }: KubeObject, client: Client): readonly ObjectKey[] {
  return client
    .list<Secret>(SECRET, { namespace: metadata.namespace ?? "" })
    .filter((secret) => secret.type === TYPE && secret.metadata.annotations?.[ACCOUNT] === metadata.name)
    .map(keyOf);
}

function fill(key: ObjectKey, { client, now }: ControllerContext, issue: Issue): void {
  const secret = client.get<Secret>(SECRET, key);
  if (secret?.type !== TYPE || secret.metadata.deletionTimestamp !== undefined) return;
  const { annotations = {}, name, uid } = secret.metadata;
  const account = client.get<KubeObject>(SERVICE_ACCOUNT, { namespace: key.namespace, name: annotations[ACCOUNT] ?? "" });
  const known = annotations[UID];
  if (!account || (known !== undefined && known !== "" && known !== account.metadata.uid)) return remove(client, secret);
  const data = secret.data ?? {};
  if (known !== undefined && data["token"] !== undefined && data["ca.crt"] !== undefined && data["namespace"] !== undefined) return;
  const token = data["token"] ?? encodeBase64(issue({ namespace: key.namespace, account: account.metadata.name, uid: account.metadata.uid, now, secret: { name, uid } }));
  client.update<Secret>({
    ...secret,
    metadata: { ...secret.metadata, annotations: { ...annotations, [UID]: account.metadata.uid } },
    data: { ...data, "ca.crt": encodeBase64(ROOT_CA), namespace: encodeBase64(key.namespace), token },
  });
}
