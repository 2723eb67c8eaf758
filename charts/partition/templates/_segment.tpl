{{/*
All objects of one segment. Takes (root, segment, template): `template` is the text of your pod template (metadata and
spec), as in a StatefulSet; and optionally `statefulset`, the text of more of the StatefulSet's spec, e.g. its
volumeClaimTemplates.
*/}}
{{- define "baton.segment" -}}
{{- include "baton.check" .root -}}
{{ include "baton.service" . }}
---
{{ include "baton.config" . }}
---
{{ include "baton.statefulset" . }}
{{- end }}

{{/* The headless Service that gives the pods their names, from their first moment to their last. Takes (root, segment). */}}
{{- define "baton.service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "baton.statefulSetName" . }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "baton.objectLabels" .root | nindent 4 }}
    {{- include "baton.podLabels" . | nindent 4 }}
spec:
  clusterIP: None
  publishNotReadyAddresses: true
  selector:
    {{- include "baton.podLabels" . | nindent 4 }}
{{- end }}

{{/* The sidecar's configuration. Takes (root, segment). */}}
{{- define "baton.config" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "baton.statefulSetName" . }}-sidecar
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "baton.objectLabels" .root | nindent 4 }}
    {{- include "baton.podLabels" . | nindent 4 }}
data:
  sidecar.json: |
    {{- include "baton.sidecarConfig" . | nindent 4 }}
{{- end }}

{{/*
The StatefulSet, without replicas: the coordinator sets them, and helm must never have owned that field. Takes (root,
segment, template, and optionally statefulset).
*/}}
{{- define "baton.statefulset" -}}
{{- $more := include "baton.parsed" (dict "what" "statefulset" "text" (.statefulset | default "{}")) | fromJson -}}
{{- range list "replicas" "selector" "serviceName" "template" "podManagementPolicy" "updateStrategy" -}}
{{- if hasKey $more . -}}
{{- fail (printf "statefulset.%s of segment %s: want nothing, since Baton sets it%s" . $.segment (ternary " (members, later `baton scale`)" "" (eq . "replicas"))) -}}
{{- end -}}
{{- end -}}
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ include "baton.statefulSetName" . }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "baton.objectLabels" .root | nindent 4 }}
    {{- include "baton.podLabels" . | nindent 4 }}
spec:
  serviceName: {{ include "baton.statefulSetName" . }}
  podManagementPolicy: Parallel
  updateStrategy:
    type: OnDelete
  selector:
    matchLabels:
      {{- include "baton.podLabels" . | nindent 6 }}
  template:
    {{- include "baton.pod" . | nindent 4 }}
  {{- with $more }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{/* Text of YAML that a chart hands over, as JSON. Takes (what, text). */}}
{{- define "baton.parsed" -}}
{{- $value := fromYaml .text -}}
{{- if hasKey $value "Error" -}}
{{- fail (printf "%s: want YAML of an object, got %s" .what $value.Error) -}}
{{- end -}}
{{- toJson $value -}}
{{- end }}
