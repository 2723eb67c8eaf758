{{/* The Partition: the document of the values; with cert-manager also what its sidecars show. Takes the root. */}}
{{- define "baton.partition" -}}
{{- include "baton.check" . -}}
apiVersion: baton.dev/v1alpha1
kind: Partition
metadata:
  name: {{ include "baton.partitionName" . }}
  namespace: {{ .Release.Namespace }}
  labels:
    {{- include "baton.objectLabels" . | nindent 4 }}
spec:
  {{- toYaml .Values.partition.spec | nindent 2 }}
{{- if eq .Values.partition.identity.mode "certManager" }}
---
{{ include "baton.certificate" (dict
      "name" (include "baton.sidecarSecret" .)
      "namespace" .Release.Namespace
      "labels" (include "baton.objectLabels" .)
      "role" "sidecar"
      "dnsNames" (list (printf "sidecar.%s.baton" .Release.Namespace))
      "usages" (list "digital signature" "server auth")
      "issuerRef" .Values.partition.identity.issuerRef) }}
{{- end }}
{{- end }}
