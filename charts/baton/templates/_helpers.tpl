{{/* Name of all objects of the release. */}}
{{- define "baton.name" -}}
{{- if contains "baton" .Release.Name -}}{{ .Release.Name }}{{- else -}}{{ .Release.Name }}-baton{{- end -}}
{{- end }}

{{/* Labels of every object of the release. */}}
{{- define "baton.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{ include "baton.selector" . }}
{{- end }}

{{/* Labels by which the coordinator's pods are found. */}}
{{- define "baton.selector" -}}
app.kubernetes.io/name: baton
app.kubernetes.io/component: coordinator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Namespaces whose Partitions are led, as JSON. */}}
{{- define "baton.namespaces" -}}
{{- .Values.namespaces | default (list .Release.Namespace) | uniq | toJson -}}
{{- end }}

{{- define "baton.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (include "baton.name" .) -}}
{{- end }}

{{/* Annotations of the coordinator's pods; the first of ours tells whoever calls as whom. */}}
{{- define "baton.podAnnotations" -}}
{{- if .Values.auth.enabled -}}
baton.dev/callers: {{ printf "%s-operator,%s-viewer" (include "baton.name" .) (include "baton.name" .) }}
{{ end -}}
{{- with .Values.podAnnotations }}{{ toYaml . }}{{ end -}}
{{- end }}

{{- define "baton.coordinatorImage" -}}
{{- include "baton.image" (set (deepCopy .Values.image) "tag" (.Values.image.tag | default .Chart.AppVersion)) -}}
{{- end }}

{{/* What every container here may do. */}}
{{- define "baton.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities:
  drop: [ALL]
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* How the coordinator shows its sidecars who it is. */}}
{{- define "baton.identityArgs" -}}
{{- $identity := .Values.identity -}}
{{- with include "baton.checkIdentity" (dict "path" "identity" "identity" $identity) | trim }}{{ fail . }}{{ end -}}
{{- if eq $identity.mode "coordinatorIssued" -}}
- --issue
- --certificate-life={{ $identity.certificateLife }}
{{- else if eq $identity.mode "none" -}}
- --insecure-dial
{{- else -}}
- --tls=/etc/baton/tls
{{- end }}
{{- if $identity.plaintextPods }}
- --plaintext-pods
{{- end }}
{{- end }}

{{/* The Secret with what the coordinator shows, where others keep it. */}}
{{- define "baton.coordinatorSecret" -}}
{{- .Values.identity.secret | default (printf "%s-coordinator" (include "baton.name" .)) -}}
{{- end }}
