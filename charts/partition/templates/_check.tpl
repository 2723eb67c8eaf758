{{/* Fails with all that is wrong with the values, a line for each. Takes the root. */}}
{{- define "baton.check" -}}
{{- $lines := list -}}
{{- $machine := include "baton.checkMachine" .Values.partition.spec -}}
{{- $whole := cat $machine "\n" (include "baton.checkNames" .) "\n" (include "baton.checkPods" .) "\n" (include "baton.checkIdentity" (dict "path" "partition.identity" "identity" .Values.partition.identity)) -}}
{{- if not (trim $machine) }}{{ $whole = cat $whole "\n" (include "baton.checkBudgets" .) }}{{ end -}}
{{- range splitList "\n" $whole }}{{ with trim . }}{{ $lines = append $lines . }}{{ end }}{{ end -}}
{{- if $lines -}}
{{- fail (printf "the values of the partition cannot be used:\n%s" (join "\n" $lines)) -}}
{{- end -}}
{{- end }}

{{- define "baton.checkMachine" -}}
{{- $machines := include "baton.machines" . | fromJson -}}
{{- $known := keys $machines | sortAlpha | join ", " -}}
{{- if kindIs "string" .machine }}
{{- if not (hasKey $machines .machine) }}
partition.spec.machine: want a built-in machine ({{ $known }}) or a table, got {{ quote .machine }}
{{- end }}
{{- else if hasKey .machine "file" }}
partition.spec.machine: want a built-in machine ({{ $known }}) or a table, since a cluster has no files, got a file
{{- end }}
{{- end }}

{{- define "baton.checkNames" -}}
{{- $root := . -}}
{{- $partition := include "baton.partitionName" . -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $partition) }}
partition.name: want small letters, digits and -, a letter first, got {{ quote $partition }}
{{- end }}
{{- if gt (len $partition) 63 }}
partition.name: want at most 63 characters, got {{ len $partition }}
{{- end }}
{{- $segments := dict -}}
{{- $sets := dict -}}
{{- range $at, $segment := .Values.partition.spec.segments }}
{{- if hasKey $segments .name }}
partition.spec.segments[{{ $at }}].name: want a name that is used once, got {{ quote .name }} again
{{- end }}
{{- $_ := set $segments .name true -}}
{{- $set := .statefulSet | default (printf "%s-%s" $partition .name) -}}
{{- if gt (len $set) 52 }}
partition.spec.segments[{{ $at }}].statefulSet: want at most 52 characters, which a label of its pods can hold with a hash, got {{ len $set }}: {{ $set }}
{{- end }}
{{- if hasKey $sets $set }}
partition.spec.segments[{{ $at }}].statefulSet: want a StatefulSet of its own, got {{ quote $set }} again
{{- end }}
{{- $_ := set $sets $set true -}}
{{- end }}
{{- range $name, $_ := .Values.partition.pods }}
{{- if not (hasKey $segments $name) }}
partition.pods.{{ $name }}: want a segment of partition.spec.segments ({{ keys $segments | sortAlpha | join ", " }})
{{- end }}
{{- with ($root.Values.partition.pods | dig $name "beside" "segment" "") }}
{{- if not (hasKey $segments .) }}
partition.pods.{{ $name }}.beside.segment: want a segment of partition.spec.segments ({{ keys $segments | sortAlpha | join ", " }}), got {{ quote . }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* How the sidecar reaches the process: beside it over the network of the pod, or around it. */}}
{{- define "baton.checkPods" -}}
{{- $pods := .Values.partition.pods -}}
{{- range $at, $segment := .Values.partition.spec.segments }}
{{- $type := dig "adapter" "type" "grpc" $segment -}}
{{- $path := printf "partition.spec.segments[%d]" $at -}}
{{- $isWrapper := dig .name "wrapper" false $pods -}}
{{- if and (has $type (list "grpc" "http")) (eq (dig "adapter" "port" 0 $segment | int) 0) }}
{{ $path }}.adapter.port: want the port on which the process listens on 127.0.0.1 in its pod, got 0
{{- end }}
{{- if and (has $type (list "grpc" "http")) $isWrapper }}
partition.pods.{{ .name }}.wrapper: want nothing with the adapter {{ $type }}, whose sidecar stands beside the process, got true
{{- end }}
{{- if and (eq $type "child") (not $isWrapper) }}
partition.pods.{{ .name }}.wrapper: want true with the adapter child: the sidecar starts the process itself, so it must be the entry point of the process's own image (build it FROM the sidecar's files), got false
{{- end }}
{{- if and (eq $type "exec") (not $isWrapper) (not (dig .name "shareProcessNamespace" false $pods)) }}
partition.pods.{{ .name }}: want wrapper: true with the adapter exec, whose commands stand in the process's own image; or shareProcessNamespace: true and an image of the sidecar that has the commands, got neither
{{- end }}
{{- if and (eq $type "child") (not (dig "process" "command" list $segment)) }}
{{ $path }}.process.command: want the program that the sidecar starts (adapter child), got nothing
{{- end }}
{{- with dig .name "liveness" dict $pods }}
{{- $budget := mul (.periodSeconds | default 10) (.failureThreshold | default 18) -}}
{{- if and .enabled (le (int $budget) 160) }}
partition.pods.{{ $segment.name }}.liveness: want failureThreshold × periodSeconds above 160 s, since a sidecar that was restarted often may be away for so long and the process is not at fault, got {{ .failureThreshold | default 18 }} × {{ .periodSeconds | default 10 }} s = {{ $budget }} s
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/*
The grace period of each segment holds what must be done in it. A sidecar takes the ordered stop of a whole run only as
long as the time for its own way down is left: that is kept for a coordinator that falls silent.
*/}}
{{- define "baton.checkBudgets" -}}
{{- $spec := .Values.partition.spec -}}
{{- $budgets := include "baton.stopBudgets" $spec | fromJson -}}
{{- $policy := dig "leave" "policy" "stopRun" $spec -}}
{{- $need := $budgets.own -}}
{{- $why := "with leave.policy leave it stops alone" -}}
{{- if eq $policy "stopRun" -}}
{{- $own := int64 $budgets.own.ms -}}
{{- $sum := printf "%s + %s kept for its own way down" $budgets.whole.sum (include "baton.duration" $own) -}}
{{- $need = dict "ms" (add (int64 $budgets.whole.ms) $own) "sum" $sum -}}
{{- $why = "with leave.policy stopRun the whole run is stopped in order before the pod may go, and without a coordinator the process alone" -}}
{{- end -}}
{{- range $at, $segment := $spec.segments }}
{{- $grace := dig "stop" "gracePeriod" "30s" $segment -}}
{{- $margin := dig "stop" "margin" "2s" $segment -}}
{{- $wanted := add $need.ms (include "baton.ms" $margin | int64) -}}
{{- if gt (int64 $wanted) (include "baton.ms" $grace | int64) }}
partition.spec.segments[{{ $at }}].stop.gracePeriod: want at least {{ include "baton.duration" $wanted }} ({{ $need.sum }} + margin {{ $margin }}; {{ $why }}), got {{ $grace }}
{{- end }}
{{- end }}
{{- end }}
