{{/* Name of the partition. Takes the root. */}}
{{- define "baton.partitionName" -}}
{{- .Values.partition.name | default .Release.Name -}}
{{- end }}

{{/* Names of all segments, as JSON. Takes the root. */}}
{{- define "baton.segmentNames" -}}
{{- $names := list -}}
{{- range .Values.partition.spec.segments }}{{ $names = append $names .name }}{{ end -}}
{{- toJson $names -}}
{{- end }}

{{/* A segment as the values have it, as JSON. Takes (root, segment). */}}
{{- define "baton.segmentOf" -}}
{{- $found := dict -}}
{{- range .root.Values.partition.spec.segments }}{{ if eq .name $.segment }}{{ $found = . }}{{ end }}{{ end -}}
{{- if not $found -}}
{{- $names := include "baton.segmentNames" .root | fromJsonArray -}}
{{- fail (printf "segment %q: want a segment of partition.spec.segments (%s)" .segment (join ", " $names)) -}}
{{- end -}}
{{- toJson $found -}}
{{- end }}

{{/* Name of the StatefulSet, and of all that belongs to it. Takes (root, segment). */}}
{{- define "baton.statefulSetName" -}}
{{- $segment := include "baton.segmentOf" . | fromJson -}}
{{- $segment.statefulSet | default (printf "%s-%s" (include "baton.partitionName" .root) .segment) -}}
{{- end }}

{{/* Labels by which pods are found: by the coordinator, the Service and the StatefulSet. Takes (root, segment). */}}
{{- define "baton.podLabels" -}}
baton.dev/partition: {{ include "baton.partitionName" .root }}
baton.dev/segment: {{ .segment }}
{{- end }}

{{/* Labels of an object of the partition. Takes the root. */}}
{{- define "baton.objectLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/* An image by tag, or by digest where there is one. Takes the values of the image. */}}
{{- define "baton.image" -}}
{{- if .digest -}}{{ .repository }}@{{ .digest }}{{- else -}}{{ .repository }}:{{ .tag }}{{- end -}}
{{- end }}
