/** What a client needs to find a cluster and be let in. */
export interface KubeconfigParts {
  readonly name: string;
  readonly server: string;
  readonly user: string;
  readonly token: string;
  readonly namespace: string;
  /** PEM; absent over plain HTTP. */
  readonly authority?: string;
}

/** A kubeconfig, as YAML that is also JSON. */
export function kubeconfig({ name, server, user, token, namespace, authority }: KubeconfigParts): string {
  const trust = authority === undefined ? {} : { "certificate-authority-data": Buffer.from(authority).toString("base64") };
  const text = (value: string): string => JSON.stringify(value);
  return `apiVersion: v1
kind: Config
clusters:
- name: ${text(name)}
  cluster: ${JSON.stringify({ server, ...trust })}
users:
- name: ${text(user)}
  user: ${JSON.stringify({ token })}
contexts:
- name: ${text(name)}
  context: ${JSON.stringify({ cluster: name, user, namespace })}
current-context: ${text(name)}
`;
}
