{{/*
The pod template with Baton in it: the sidecar before everything else, and the probes and the preStop hook of the
process's container asked of it. Ports are numbers: by name the kubelet would look for them in the process's own
container, and a probe that finds none never decides. Takes (root, segment, template).
*/}}
{{- define "baton.pod" -}}
{{- $root := .root -}}
{{- $segment := include "baton.segmentOf" . | fromJson -}}
{{- $own := get $root.Values.partition.pods .segment | default dict -}}
{{- $pod := include "baton.parsed" (dict "what" (printf "template of segment %s" .segment) "text" .template) | fromJson -}}
{{- include "baton.checkTemplate" (dict "segment" .segment "pod" $pod) -}}
{{- $metadata := $pod.metadata | default dict -}}
{{- $labels := merge (include "baton.podLabels" . | fromYaml) ($metadata.labels | default dict) (pick (include "baton.objectLabels" $root | fromYaml) "app.kubernetes.io/name" "app.kubernetes.io/instance") -}}
{{- $annotations := merge (dict "baton.dev/config" (include "baton.sidecarConfig" . | sha256sum)) ($metadata.annotations | default dict) -}}
{{- if ne $root.Values.partition.identity.mode "none" }}{{ $_ := set $annotations "baton.dev/identity" $root.Values.partition.identity.mode }}{{ end -}}
{{- $spec := $pod.spec -}}
{{- $named := get $annotations "kubectl.kubernetes.io/default-container" | default (index $spec.containers 0).name -}}
{{- $containers := list -}}
{{- range $spec.containers -}}
{{- $container := . -}}
{{- if eq .name $named -}}
{{- $container = include "baton.process" (dict "root" $root "segment" $.segment "container" . "own" $own) | fromJson -}}
{{- end -}}
{{- $containers = append $containers (include "baton.restricted" $container | fromJson) -}}
{{- end -}}
{{- $spec = set $spec "containers" $containers -}}
{{- if not $own.wrapper -}}
{{- $spec = set $spec "initContainers" (prepend ($spec.initContainers | default list) (include "baton.sidecar" . | fromYaml)) -}}
{{- end -}}
{{- $spec = set $spec "volumes" (concat ($spec.volumes | default list) (include "baton.volumes" . | fromYamlArray)) -}}
{{- $spec = set $spec "terminationGracePeriodSeconds" (include "baton.ms" (dig "stop" "gracePeriod" "30s" $segment) | include "baton.seconds" | int) -}}
{{- $secure := dict "runAsNonRoot" true "fsGroup" 65532 "fsGroupChangePolicy" "OnRootMismatch" "seccompProfile" (dict "type" "RuntimeDefault") -}}
{{- $spec = set $spec "securityContext" (mergeOverwrite $secure ($spec.securityContext | default dict)) -}}
{{- if not (hasKey $spec "automountServiceAccountToken") }}{{ $spec = set $spec "automountServiceAccountToken" false }}{{ end -}}
{{- if $own.shareProcessNamespace }}{{ $spec = set $spec "shareProcessNamespace" true }}{{ end -}}
{{- $spec = mergeOverwrite $spec (include "baton.placement" (dict "root" $root "segment" .segment "own" $own "spec" $spec) | fromYaml) -}}
{{- toYaml (dict "metadata" (dict "labels" $labels "annotations" $annotations) "spec" $spec) -}}
{{- end }}

{{/* Fails for what Baton must set itself. Takes (segment, pod). */}}
{{- define "baton.checkTemplate" -}}
{{- $what := printf "template of segment %s" .segment -}}
{{- if not (dig "spec" "containers" list .pod) }}{{ fail (printf "%s: want spec.containers, got none" $what) }}{{ end -}}
{{- if hasKey .pod.spec "terminationGracePeriodSeconds" -}}
{{- fail (printf "%s: want no spec.terminationGracePeriodSeconds, which comes from stop.gracePeriod of the segment" $what) -}}
{{- end -}}
{{- range concat .pod.spec.containers (.pod.spec.initContainers | default list) -}}
{{- if eq .name "baton" }}{{ fail (printf "%s: want no container baton, which is the name of the sidecar" $what) }}{{ end -}}
{{- end -}}
{{- end }}

{{/* The container of the process, asked about through its sidecar, as JSON. Takes (root, segment, container, own). */}}
{{- define "baton.process" -}}
{{- $container := .container -}}
{{- range list "startupProbe" "readinessProbe" "livenessProbe" -}}
{{- if hasKey $container . -}}
{{- fail (printf "template of segment %s: want no %s in container %s, since the sidecar answers for it" $.segment . $container.name) -}}
{{- end -}}
{{- end -}}
{{- if dig "lifecycle" "preStop" "" $container -}}
{{- fail (printf "template of segment %s: want no preStop in container %s, since the sidecar's is the orderly stop" .segment $container.name) -}}
{{- end -}}
{{- $env := include "baton.identity" . | fromYamlArray -}}
{{- $env = append $env (dict "name" "BATON_SIDECAR" "value" "127.0.0.1:7401") -}}
{{- if .own.wrapper -}}
{{- $env = concat $env (include "baton.podUid" . | fromYamlArray) (list (dict "name" "BATON_CONFIG" "value" "/etc/baton/config/sidecar.json")) -}}
{{- $mounts := concat ($container.volumeMounts | default list) (include "baton.sidecarMounts" .root | fromYamlArray) -}}
{{- $container = set $container "volumeMounts" $mounts -}}
{{- end -}}
{{- $container = set $container "env" (concat $env ($container.env | default list)) -}}
{{- $container = mergeOverwrite $container (include "baton.processProbes" . | fromYaml) -}}
{{- toJson $container -}}
{{- end }}

{{/*
Probes and hook of the process. Startup waits at least as long as a sidecar may be away; liveness is off unless asked
for, since kills by it add up with the sidecar's own restarts. Takes (root, own).
*/}}
{{- define "baton.processProbes" -}}
{{- $startup := max 180 (include "baton.ms" (dig "startup" "timeout" "60s" .root.Values.partition.spec) | include "baton.seconds" | int) -}}
startupProbe:
  httpGet:
    path: {{ ternary "/startupz" "/process/startupz" (.own.wrapper | default false) }}
    port: 7402
  periodSeconds: 1
  timeoutSeconds: 3
  failureThreshold: {{ $startup }}
readinessProbe:
  httpGet:
    path: /process/readyz
    port: 7402
  periodSeconds: 2
  timeoutSeconds: 3
  failureThreshold: 2
{{- with .own.liveness }}
{{- if .enabled }}
livenessProbe:
  httpGet:
    path: /process/livez
    port: 7402
  periodSeconds: {{ .periodSeconds | default 10 }}
  timeoutSeconds: {{ .timeoutSeconds | default 5 }}
  failureThreshold: {{ .failureThreshold | default 18 }}
{{- end }}
{{- end }}
lifecycle:
  preStop:
    httpGet:
      path: /prestop
      port: 7402
      httpHeaders:
        - name: x-baton-prestop
          value: "1"
{{- end }}

{{/* A container as the restricted pod security standard wants it, as JSON; what it says itself is kept. Takes the container. */}}
{{- define "baton.restricted" -}}
{{- $restricted := dict "allowPrivilegeEscalation" false "capabilities" (dict "drop" (list "ALL")) -}}
{{- toJson (set . "securityContext" (mergeOverwrite $restricted (.securityContext | default dict))) -}}
{{- end }}
