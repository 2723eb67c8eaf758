{{/* The sidecar's configuration, as JSON. What only the pod knows comes from its environment. Takes (root, segment). */}}
{{- define "baton.sidecarConfig" -}}
{{- $values := .root.Values.partition -}}
{{- $segment := include "baton.segmentOf" . | fromJson -}}
{{- $config := dict
      "partition" (include "baton.partitionName" .root)
      "segment" .segment
      "machine" $values.spec.machine
      "segments" (include "baton.segmentNames" .root | fromJsonArray)
      "orders" ($values.spec.orders | default dict)
      "timeouts" ($values.spec.timeouts | default dict)
      "adapter" (include "baton.sidecarAdapter" $segment | fromJson)
      "listen" (dict "grpc" "0.0.0.0:7401" "probes" "0.0.0.0:7402")
      "stateFile" "/var/lib/baton/state"
      "gracePeriod" (dig "stop" "gracePeriod" "30s" $segment)
      "margin" (dig "stop" "margin" "2s" $segment)
      "detachedLimit" $values.sidecar.detachedLimit
      "insecureListen" true
      "log" $values.sidecar.log -}}
{{- if ne $values.identity.mode "none" -}}
{{- $_ := set $config "tls" (dict "directory" "/etc/baton/tls" "namespace" .root.Release.Namespace) -}}
{{- end -}}
{{- toPrettyJson $config -}}
{{- end }}

{{/* The adapter as a sidecar takes it, as JSON: an address in place of a port, the program of a child. Takes the segment. */}}
{{- define "baton.sidecarAdapter" -}}
{{- $adapter := deepCopy (.adapter | default dict) -}}
{{- $type := $adapter.type | default "grpc" -}}
{{- $_ := set $adapter "type" $type -}}
{{- if has $type (list "grpc" "http") -}}
{{- $_ := set $adapter "address" (printf "127.0.0.1:%d" (int $adapter.port)) -}}
{{- $_ := unset $adapter "port" -}}
{{- else if eq $type "child" -}}
{{- $adapter = mergeOverwrite $adapter (pick .process "command" "workingDirectory" "environment") -}}
{{- end -}}
{{- toJson $adapter -}}
{{- end }}

{{/* Who the pod is, for the sidecar and for the process. Takes (root, segment). */}}
{{- define "baton.identity" -}}
- name: BATON_PARTITION
  value: {{ include "baton.partitionName" .root }}
- name: BATON_SEGMENT
  value: {{ .segment }}
- name: BATON_ORDINAL
  valueFrom:
    fieldRef:
      fieldPath: metadata.labels['apps.kubernetes.io/pod-index']
{{- end }}

{{/* Names this life of the pod, for the sidecar alone. */}}
{{- define "baton.podUid" -}}
- name: BATON_POD_UID
  valueFrom:
    fieldRef:
      fieldPath: metadata.uid
{{- end }}

{{/* The files of a sidecar in its container. Takes the root. */}}
{{- define "baton.sidecarMounts" -}}
- name: baton-config
  mountPath: /etc/baton/config
  readOnly: true
- name: baton-state
  mountPath: /var/lib/baton
{{- if ne .Values.partition.identity.mode "none" }}
- name: baton-tls
  mountPath: /etc/baton/tls
  readOnly: true
{{- end }}
{{- end }}

{{/* The volumes of a pod with a sidecar. Takes (root, segment). */}}
{{- define "baton.volumes" -}}
- name: baton-config
  configMap:
    name: {{ include "baton.statefulSetName" . }}-sidecar
- name: baton-state
  emptyDir:
    sizeLimit: 16Mi
{{- if ne .root.Values.partition.identity.mode "none" }}
- name: baton-tls
  secret:
    secretName: {{ include "baton.sidecarSecret" .root }}
    # The pod's fsGroup may read it, and nobody else.
    defaultMode: 288 # 0440
    # By name: the kubelet does not start a pod before all three are there.
    items:
      {{- range list "ca.crt" "tls.crt" "tls.key" }}
      - { key: {{ . }}, path: {{ . }} }
      {{- end }}
{{- end }}
{{- end }}

{{/* The container of a sidecar that stands beside the process. No preStop: it ends when all others have. Takes (root, segment). */}}
{{- define "baton.sidecar" -}}
{{- $sidecar := .root.Values.partition.sidecar -}}
name: baton
image: {{ include "baton.image" $sidecar.image }}
imagePullPolicy: {{ $sidecar.image.pullPolicy }}
restartPolicy: Always
args: [--config, /etc/baton/config/sidecar.json]
env:
  {{- include "baton.identity" . | nindent 2 }}
  {{- include "baton.podUid" . | nindent 2 }}
volumeMounts:
  {{- include "baton.sidecarMounts" .root | nindent 2 }}
resources:
  requests:
    {{- toYaml $sidecar.resources | nindent 4 }}
  limits:
    {{- toYaml $sidecar.resources | nindent 4 }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  capabilities:
    drop: [ALL]
  seccompProfile:
    type: RuntimeDefault
startupProbe:
  httpGet:
    path: /startupz
    port: 7402
  periodSeconds: 1
  timeoutSeconds: 3
  failureThreshold: 60
readinessProbe:
  httpGet:
    path: /readyz
    port: 7402
  periodSeconds: 2
  timeoutSeconds: 3
  failureThreshold: 2
livenessProbe:
  httpGet:
    path: /livez
    port: 7402
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 3
{{- end }}
