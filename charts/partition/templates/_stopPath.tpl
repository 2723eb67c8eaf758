{{/* The machine of the partition, as JSON: a built-in one by name or the table of the values. Takes the spec. */}}
{{- define "baton.machineOf" -}}
{{- if kindIs "string" .machine -}}
{{- toJson (get (include "baton.machines" . | fromJson) .machine) -}}
{{- else -}}
{{- toJson .machine -}}
{{- end -}}
{{- end }}

{{/*
Names of the fewest stop-path transitions from a state to one of rest, as JSON; [] when there are none. Of two ways
of one length the one whose transitions stand first. Takes (machine, state).
*/}}
{{- define "baton.stopPath" -}}
{{- $rest := dict -}}
{{- range .machine.states }}{{ if .rest }}{{ $_ := set $rest .name true }}{{ end }}{{ end -}}
{{- $ways := dict .state (list) -}}
{{- $queue := list .state -}}
{{- $arrived := "" -}}
{{- range $turn := until 64 -}}
{{- if and (not $arrived) (lt $turn (len $queue)) -}}
{{- $at := index $queue $turn -}}
{{- if hasKey $rest $at -}}
{{- $arrived = $at -}}
{{- else -}}
{{- range $.machine.transitions -}}
{{- if and .stopPath .to -}}
{{- if and (has $at .from) (not (hasKey $ways .to)) -}}
{{- $_ := set $ways .to (append (get $ways $at) .name) -}}
{{- $queue = append $queue .to -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if $arrived -}}{{ toJson (get $ways $arrived) }}{{- else -}}[]{{- end -}}
{{- end }}

{{/* In how many goes the members of a segment take a transition. Takes the segment. */}}
{{- define "baton.wavesOf" -}}
{{- $order := .order | default "together" -}}
{{- if kindIs "map" $order -}}
{{- div (add .members (sub $order.batches 1)) $order.batches -}}
{{- else -}}
{{- ternary 1 .members (eq $order "together") -}}
{{- end -}}
{{- end }}

{{/* In how many waves the whole partition takes a transition: group after group. Takes (spec, transition). */}}
{{- define "baton.wavesOfAll" -}}
{{- $byName := dict -}}
{{- range .spec.segments }}{{ $_ := set $byName .name (include "baton.wavesOf" . | int) }}{{ end -}}
{{- $order := get (.spec.orders | default dict) .transition.name | default .transition.order | default list -}}
{{- $sum := 0 -}}
{{- range $order -}}
{{- $most := 0 -}}
{{- range . }}{{ $most = max $most (get $byName . | default 0) }}{{ end -}}
{{- $sum = add $sum $most -}}
{{- end -}}
{{- if eq (int $sum) 0 -}}
{{- range $byName }}{{ $sum = max $sum . }}{{ end -}}
{{- end -}}
{{- $sum -}}
{{- end }}

{{/*
What the longest stop path needs, as JSON: `own` for a process that stops alone, `whole` for the run, segment after
segment; each with the milliseconds and the sum in words. Takes the spec.
*/}}
{{- define "baton.stopBudgets" -}}
{{- $spec := . -}}
{{- $machine := include "baton.machineOf" . | fromJson -}}
{{- $own := dict "ms" 0 "sum" "nothing to stop" -}}
{{- $whole := $own -}}
{{- range $machine.states -}}
{{- $path := include "baton.stopPath" (dict "machine" $machine "state" .name) | fromJsonArray -}}
{{- $ownMs := 0 -}}{{- $wholeMs := 0 -}}{{- $ownSum := list -}}{{- $wholeSum := list -}}
{{- range $name := $path -}}
{{- range $machine.transitions -}}
{{- if eq .name $name -}}
{{- $ms := int64 .timeoutMs -}}
{{- with get ($spec.timeouts | default dict) $name }}{{ $ms = include "baton.ms" . | int64 }}{{ end -}}
{{- $waves := include "baton.wavesOfAll" (dict "spec" $spec "transition" .) | int64 -}}
{{- $ownMs = add $ownMs $ms -}}
{{- $wholeMs = add $wholeMs (mul $ms $waves) -}}
{{- $words := printf "%s %s" $name (include "baton.duration" $ms) -}}
{{- $ownSum = append $ownSum $words -}}
{{- $wholeSum = append $wholeSum (ternary $words (printf "%s × %d waves" $words $waves) (eq (int $waves) 1)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if gt (int64 $ownMs) (int64 $own.ms) -}}
{{- $own = dict "ms" $ownMs "sum" (printf "from %s: %s" .name (join " + " $ownSum)) -}}
{{- end -}}
{{- if gt (int64 $wholeMs) (int64 $whole.ms) -}}
{{- $whole = dict "ms" $wholeMs "sum" (printf "from %s: %s" .name (join " + " $wholeSum)) -}}
{{- end -}}
{{- end -}}
{{- toJson (dict "own" $own "whole" $whole) -}}
{{- end }}
