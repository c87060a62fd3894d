import { charts } from "./charts";
import { accessFiles } from "./commands-access";

/** What lies in the folder the commands run in. */
export const files: Readonly<Record<string, string>> = {
  ...charts,
  ...accessFiles,
  "list.yaml": `apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: ConfigMap, metadata: {name: una}, data: {k: v}}
- apiVersion: v1
  kind: Service
  metadata: {name: otra}
  spec:
    ports:
    - port: 80
`,
  "web.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: nginx
        image: nginx:1.27
        ports: [{containerPort: 80}]
`,
  "web3.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: nginx
        image: nginx:1.28
        ports: [{containerPort: 80}]
`,
  "typo.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: typo}
spec:
  replcas: 2
  selector: {matchLabels: {app: typo}}
  template:
    metadata: {labels: {app: typo}}
    spec: {containers: [{name: c, image: nginx}]}
`,
  "invalid.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: invalid}
spec:
  selector: {matchLabels: {app: one}}
  template:
    metadata: {labels: {app: other}}
    spec: {containers: [{name: c, image: nginx}]}
`,
  "pods.yaml": `apiVersion: v1
kind: Pod
metadata: {name: uno, labels: {app: pods, n: one}}
spec: {containers: [{name: c, image: nginx}], terminationGracePeriodSeconds: 1}
---
apiVersion: v1
kind: Pod
metadata: {name: dos, labels: {app: pods, n: two}}
spec: {containers: [{name: a, image: nginx}, {name: b, image: "busybox:1.36", command: [sh, -c, "while true; do echo tick; sleep 1; done"]}], terminationGracePeriodSeconds: 1}
`,
  "config.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: conf}
data: {color: azul}
`,
  "ssa-one.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: ssa}
data: {a: "1", b: "2"}
`,
  "ssa-two.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: ssa}
data: {a: "9"}
`,
  "sts.yaml": `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  replicas: 2
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: c, image: "busybox:1.36", command: [sleep, "3600"]}], terminationGracePeriodSeconds: 1}
`,
  "ds.yaml": `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: c, image: "busybox:1.36", command: [sleep, "3600"]}], terminationGracePeriodSeconds: 1}
`,
  "pvc.yaml": `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: datos}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`,
  "ingress.yaml": `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: tienda}
spec:
  rules:
  - host: tienda.example
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
`,
  "kust/kustomization.yaml": "namePrefix: k-\nresources: [cm.yaml]\n",
  "kust/cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\ndata: {a: b}\n",
  "chart/Chart.yaml": "apiVersion: v2\nname: tienda\nversion: 0.1.0\nappVersion: \"1.0\"\n",
  "chart/values.yaml": 'replicas: 2\ntag: "1.27"\n',
  "chart/templates/all.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}-web, labels: {app: {{ .Release.Name }}}}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec: {containers: [{name: nginx, image: "nginx:{{ .Values.tag }}", ports: [{containerPort: 80}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}-web}
spec: {selector: {app: {{ .Release.Name }}}, ports: [{port: 80}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-conf}
data: {tag: "{{ .Values.tag }}"}
`,
};
