/** Two more charts: one that keeps data, one that is all permissions and schedules. */
export const charts: Readonly<Record<string, string>> = {
  "datos/Chart.yaml": "apiVersion: v2\nname: datos\nversion: 1.2.0\nappVersion: \"7\"\n",
  "datos/values.yaml": 'replicas: 2\nclave: "uno"\n',
  "datos/templates/_helpers.tpl": '{{- define "datos.labels" -}}\napp.kubernetes.io/name: datos\napp.kubernetes.io/instance: {{ .Release.Name }}\n{{- end -}}\n',
  "datos/templates/all.yaml": `apiVersion: v1
kind: Secret
metadata: {name: {{ .Release.Name }}-clave}
stringData: {clave: {{ .Values.clave | quote }}}
---
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}, labels: {{- include "datos.labels" . | nindent 4 }}}
spec:
  clusterIP: None
  selector: {{- include "datos.labels" . | nindent 4 }}
  ports: [{port: 6379, name: redis}]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: {{ .Release.Name }}}
spec:
  serviceName: {{ .Release.Name }}
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {{- include "datos.labels" . | nindent 6 }}}
  template:
    metadata:
      labels: {{- include "datos.labels" . | nindent 8 }}
      annotations: {suma: {{ .Values.clave | sha256sum }}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: c
        image: busybox:1.36
        command: [sleep, "86400"]
        env: [{name: CLAVE, valueFrom: {secretKeyRef: {name: {{ .Release.Name }}-clave, key: clave}}}]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: {{ .Release.Name }}}
spec:
  minAvailable: 1
  selector: {matchLabels: {{- include "datos.labels" . | nindent 6 }}}
`.replaceAll("{{- include \"datos.labels\" . | nindent 4 }}}", "{app.kubernetes.io/instance: {{ .Release.Name }}}}").replaceAll("{{- include \"datos.labels\" . | nindent 6 }}}", "{app.kubernetes.io/instance: {{ .Release.Name }}, app.kubernetes.io/name: datos}}"),
  "tareas/Chart.yaml": "apiVersion: v2\nname: tareas\nversion: 0.3.0\n",
  "tareas/values.yaml": 'horario: "0 3 * * *"\nmensaje: hola\n',
  "tareas/templates/permisos.yaml": `apiVersion: v1
kind: ServiceAccount
metadata: {name: {{ .Release.Name }}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: {{ .Release.Name }}}
rules: [{apiGroups: [""], resources: [pods], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: {{ .Release.Name }}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{ .Release.Name }}}
subjects: [{kind: ServiceAccount, name: {{ .Release.Name }}, namespace: {{ .Release.Namespace }}}]
`,
  "tareas/templates/tareas.yaml": `apiVersion: batch/v1
kind: CronJob
metadata: {name: {{ .Release.Name }}}
spec:
  schedule: {{ .Values.horario | quote }}
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          serviceAccountName: {{ .Release.Name }}
          containers: [{name: c, image: "busybox:1.36", command: [echo, {{ .Values.mensaje | quote }}]}]
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-antes
  annotations: {"helm.sh/hook": "pre-install,pre-upgrade", "helm.sh/hook-delete-policy": before-hook-creation}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: c, image: "busybox:1.36", command: [echo, antes]}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: {{ .Release.Name }}}
spec: {podSelector: {matchLabels: {app: {{ .Release.Name }}}}, policyTypes: [Ingress]}
`,
};
