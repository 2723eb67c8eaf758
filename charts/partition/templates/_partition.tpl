{{/* The Partition: the document of the values. Takes the root. */}}
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
{{- end }}
