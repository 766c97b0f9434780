{{/* Labels of everything in the chart. */}}
{{- define "model-operator.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{ include "model-operator.selectorLabels" . }}
{{- end }}

{{/* Labels by which the operator's pods are found. */}}
{{- define "model-operator.selectorLabels" -}}
app.kubernetes.io/name: model-operator
app.kubernetes.io/component: operator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* The reference of one of the images: (dict "root" $ "image" .Values.images.router). */}}
{{- define "model-operator.image" -}}
{{- $images := .root.Values.images -}}
{{- if .image.digest -}}
{{ printf "%s/%s@%s" $images.registry .image.repository .image.digest }}
{{- else -}}
{{ printf "%s/%s:%s" $images.registry .image.repository ($images.tag | default .root.Chart.AppVersion) }}
{{- end -}}
{{- end }}

{{/* What the operator may do with ModelDeployments and the objects it makes for them. */}}
{{- define "model-operator.rules" -}}
- apiGroups: [modeloperator.io]
  resources: [modeldeployments]
  verbs: [get, list, watch]
# A person's order is an annotation, which it takes off when it has dealt with it.
- apiGroups: [modeloperator.io]
  resources: [modeldeployments]
  verbs: [patch]
- apiGroups: [modeloperator.io]
  resources: [modeldeployments/status]
  verbs: [get, patch, update]
# Where the API server checks owner references, setting one wants "update" on the owner's finalizers and "delete" on the object.
- apiGroups: [modeloperator.io]
  resources: [modeldeployments/finalizers]
  verbs: [update]
- apiGroups: [apps]
  resources: [deployments]
  verbs: [create, delete, get, list, patch, update, watch]
# What revisions are made from: a Deployment that was deleted is made again from it.
- apiGroups: [apps]
  resources: [controllerrevisions]
  verbs: [create, delete, get, patch]
# Jobs of guardrails, a check that the user wrote, and Jobs of evaluations.
- apiGroups: [batch]
  resources: [jobs]
  verbs: [create, delete, get, list, patch, update, watch]
- apiGroups: [""]
  resources: [services]
  verbs: [create, delete, get, list, patch, update, watch]
- apiGroups: [""]
  resources: [serviceaccounts]
  verbs: [create, delete, get, patch]
- apiGroups: [policy]
  resources: [poddisruptionbudgets]
  verbs: [create, delete, get, patch]
- apiGroups: [networking.k8s.io]
  resources: [networkpolicies]
  verbs: [create, delete, get, patch]
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch]
# A pod that fetched another model than its revision serves.
- apiGroups: [""]
  resources: [pods]
  verbs: [delete]
# The digests of revisions' models, which pods read.
- apiGroups: [""]
  resources: [configmaps]
  verbs: [create]
- apiGroups: [""]
  resources: [configmaps]
  resourceNames: [model-digests]
  verbs: [delete, get, patch]
# Only whether a Secret or ConfigMap that a ModelDeployment names exists and has the keys: no list, no watch.
- apiGroups: [""]
  resources: [configmaps, secrets]
  verbs: [get]
# The keys that it shares with a namespace's routers.
- apiGroups: [""]
  resources: [secrets]
  verbs: [create]
- apiGroups: [""]
  resources: [secrets]
  resourceNames: [model-router-keys]
  verbs: [delete, get, patch]
- apiGroups: [rbac.authorization.k8s.io]
  resources: [rolebindings]
  verbs: [create, delete, get, patch]
# Routers get this role and no other.
- apiGroups: [rbac.authorization.k8s.io]
  resources: [clusterroles]
  resourceNames: [model-router]
  verbs: [bind]
- apiGroups: ["", events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- end }}
