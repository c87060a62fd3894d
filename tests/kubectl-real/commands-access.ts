import type { Row } from "./commands";

/** Who may do what: roles, impersonation, tokens, reviews. */
const access: readonly Row[] = [
  { line: "kubectl create sa lectora", says: ["serviceaccount/lectora created"] },
  { line: "kubectl create rolebinding ve --clusterrole=view --serviceaccount=default:lectora", says: ["created"] },
  { line: "kubectl create role solo --verb=get --resource=configmaps --resource-name=visible && kubectl create rolebinding solo --role=solo --user=jane", says: ["rolebinding.rbac.authorization.k8s.io/solo created"] },
  { line: "kubectl apply -f csr.yaml && kubectl certificate approve ana", says: ["certificatesigningrequest.certificates.k8s.io/ana approved"] },
  { line: "kubectl certificate deny ana", says: ['certificate signing request "ana" is already Approved'], exit: 1 },
  { line: "kubectl auth can-i list pods --as=system:serviceaccount:default:lectora", says: [/^yes$/m] },
  { line: "kubectl auth can-i delete pods --as=system:serviceaccount:default:lectora", says: [/^no$/m], exit: 1 },
  { line: "kubectl auth can-i get cm/visible --as=jane", says: [/^yes$/m] },
  { line: "kubectl auth can-i get cm/otra --as=jane", says: [/^no$/m], exit: 1 },
  { line: "kubectl auth can-i --list --as=jane", says: [/configmaps\s+\[\]\s+\[visible\]\s+\[get\]/, /selfsubjectreviews.authentication.k8s.io\s+\[\]\s+\[\]\s+\[create\]/] },
  { line: "kubectl get pods --as=jane", says: ['pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"'], exit: 1 },
  { line: "kubectl get pods --as=jane --as-group=system:masters", says: ["No resources found"] },
  { line: "kubectl delete node node-1 --as=jane", says: ['nodes "node-1" is forbidden: User "jane" cannot delete resource "nodes" in API group "" at the cluster scope'], exit: 1 },
  { line: "kubectl auth whoami --as=jane --as-group=dev --as-uid=7", says: [/Username\s+jane/, /UID\s+7/, /Groups\s+\[dev system:authenticated\]/] },
  { line: "kubectl --token=$(kubectl create token lectora) auth whoami", says: [/Username\s+system:serviceaccount:default:lectora/, "authentication.kubernetes.io/credential-id"] },
  { line: "kubectl --token=$(kubectl create token lectora) get pods", says: ["No resources found in default namespace."] },
  { line: "kubectl --token=$(kubectl create token lectora) get secrets", says: ['secrets is forbidden: User "system:serviceaccount:default:lectora"'], exit: 1 },
  { line: "kubectl --token=$(kubectl create token lectora) get ns --as=kubernetes-admin", says: ['users "kubernetes-admin" is forbidden: User "system:serviceaccount:default:lectora" cannot impersonate resource "users"'], exit: 1 },
  { line: "kubectl --token=$(kubectl create token lectora --audience=otra) get pods", says: ["You must be logged in to the server (Unauthorized)"], exit: 1 },
  { line: "kubectl create token lectora --duration=5m", says: ["may not specify a duration less than 10 minutes"], exit: 1 },
  { line: "kubectl create token nadie", says: ['serviceaccounts "nadie" not found'], exit: 1 },
  { line: "T=$(kubectl create token lectora); kubectl delete sa lectora; kubectl --token=$T get pods", says: ["You must be logged in to the server (Unauthorized)"], exit: 1 },
  { line: "T=$(kubectl create token default --duration=10m); curl -sSk -XPOST -H \"Authorization: Bearer $TOKEN\" ${CONTROL}advance -d '{\"duration\":\"11m\"}' >/dev/null; kubectl --token=$T get pods", says: ["You must be logged in to the server (Unauthorized)"], exit: 1 },
  { line: "curl -sSk -w '%{http_code}' ${API}/api/v1/pods", says: ['User \\"system:anonymous\\" cannot list resource', "403"] },
  { line: "curl -sSk ${API}/version", says: ['"gitVersion":"v1.36'] },
  { line: "curl -sSk -w '%{http_code}' -H \"Authorization: Bearer $(kubectl create token default)\" ${CONTROL}state", says: ["403"] },
  { line: "echo '{\"apiVersion\":\"authorization.k8s.io/v1\",\"kind\":\"SubjectAccessReview\",\"spec\":{\"user\":\"jane\",\"resourceAttributes\":{\"verb\":\"get\",\"resource\":\"configmaps\",\"name\":\"visible\",\"namespace\":\"default\"}}}' | kubectl create -f - -o yaml", says: ["allowed: true", 'RBAC: allowed by RoleBinding "solo/default" of Role "solo" to User "jane"'] },
  { line: "echo '{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenReview\",\"spec\":{\"token\":\"'$(kubectl create token default)'\"}}' | kubectl create -f - -o yaml", says: ["authenticated: true", "username: system:serviceaccount:default:default"] },
  { line: "kubectl create role ladrona --verb='*' --resource=secrets --as=jane --as-group=system:authenticated", says: ['roles.rbac.authorization.k8s.io is forbidden: User "jane" cannot create resource "roles"'], exit: 1 },
];

/** What else the server answers: health, metrics, proxies, older versions, custom resources. */
const serving: readonly Row[] = [
  { line: "kubectl get --raw '/readyz?verbose'", says: ["[+]ping ok", "[+]poststarthook/rbac/bootstrap-roles ok", "readyz check passed"] },
  { line: "kubectl get --raw /livez/ping", says: ["ok"] },
  { line: "kubectl get --raw /metrics", says: ["apiserver_resource_objects"] },
  { line: "kubectl get cs", says: ["v1 ComponentStatus is deprecated in v1.19+", /scheduler\s+Healthy\s+ok/] },
  { line: "kubectl get endpoints", says: ["v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"] },
  { line: "kubectl run web --image=nginx:1.29 --labels=app=web --port=80 && kubectl wait --for=condition=Ready pod/web --timeout=25s && kubectl expose pod web --port=80", says: ["condition met"] },
  { line: "kubectl get --raw /api/v1/namespaces/default/pods/web:80/proxy/", says: ["Welcome to nginx!"] },
  { line: "kubectl get --raw /api/v1/namespaces/default/services/web/proxy/", says: ["Welcome to nginx!"] },
  { line: "kubectl get --raw /api/v1/nodes/node-1/proxy/healthz", says: ["ok"] },
  { line: "kubectl get events.events.k8s.io --field-selector reason=Started", says: ["pod/web"] },
  { line: "kubectl create deploy esc --image=nginx:1.29 && kubectl autoscale deploy esc --min=1 --max=3 --cpu=50% --name=h && kubectl get horizontalpodautoscalers.v1.autoscaling h -o jsonpath='{.spec.targetCPUUtilizationPercentage}'", says: [/50$/] },
  { line: "kubectl top pods", says: ["Metrics API not available"], exit: 1 },
  { line: "kubectl apply -f apiservice.yaml && sleep 1 && kubectl top pods && kubectl top nodes", says: [/web\s+\d+m\s+\d+Mi/, /node-1\s+\d+m\s+\d+%/] },
  { line: "kubectl exec web -- sh -c 'cat /var/run/secrets/kubernetes.io/serviceaccount/token' | cut -d. -f2 | head -c 20", says: [/\S{20}/] },
  { line: "kubectl --token=$(kubectl exec web -- cat /var/run/secrets/kubernetes.io/serviceaccount/token) auth whoami", says: [/system:serviceaccount:default:default/] },
  { line: "printf '{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"dos\"},\"data\":{\"a\":\"1\"},\"data\":{\"b\":\"2\"}}' | curl -sSk -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' -d @- \"${API}/api/v1/namespaces/default/configmaps?fieldValidation=Strict\"", says: ['strict decoding error: duplicate field \\"data\\"'] },
  { line: "head -c 200000 /dev/zero | tr '\\0' x > grande && kubectl create cm grande --from-file=grande && curl -sSk --compressed -H \"Authorization: Bearer $TOKEN\" -D - -o /dev/null ${API}/api/v1/namespaces/default/configmaps/grande", says: [/content-encoding: gzip/i] },
  { line: "kubectl apply -f crd.yaml && kubectl wait --for=condition=Established crd/barcos.example.com --timeout=10s", says: ["condition met"] },
  { line: "sleep 0.5; kubectl apply -f barco.yaml", says: ["barco.example.com/santa-maria created"] },
  { line: "kubectl get barcos", says: [/NAME\s+VELAS/, /santa-maria\s+3/] },
  { line: "sed 's/velas: 3/velas: 9/;s/santa-maria/pinta/' barco.yaml | kubectl apply -f -", says: ["demasiadas velas para sus palos"], exit: 1 },
  { line: "kubectl explain barco.spec.velas", says: ["GROUP:      example.com", "<integer>"] },
  { line: "kubectl delete crd barcos.example.com && kubectl get barcos", says: ["the server could not find the requested resource"], exit: 1 },
];

/** Every row, in order, on a cluster of its own. */
export const accessRows: readonly Row[] = [...access, ...serving];

/** Files these rows name. */
export const accessFiles: Readonly<Record<string, string>> = {
  "apiservice.yaml": "apiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata: {name: v1beta1.metrics.k8s.io}\nspec: {group: metrics.k8s.io, version: v1beta1, groupPriorityMinimum: 100, versionPriority: 100}\n",
  "csr.yaml": `apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {name: ana}
spec: {request: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlJQgotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K, signerName: kubernetes.io/kube-apiserver-client, usages: [client auth]}
`,
  "crd.yaml": `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: barcos.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: barcos, singular: barco, kind: Barco}
  versions:
  - name: v1
    served: true
    storage: true
    additionalPrinterColumns: [{name: Velas, type: integer, jsonPath: .spec.velas}]
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            required: [velas, palos]
            properties: {velas: {type: integer, minimum: 1}, palos: {type: integer, minimum: 1}}
            x-kubernetes-validations: [{rule: "self.velas <= self.palos * 2", message: "demasiadas velas para sus palos"}]
`,
  "barco.yaml": "apiVersion: example.com/v1\nkind: Barco\nmetadata: {name: santa-maria}\nspec: {velas: 3, palos: 2}\n",
};
