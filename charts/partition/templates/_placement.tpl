{{/* Where the pods of a segment may and should run. Takes (root, segment, own, spec); `spec` is the pod's, with affinities of its own. */}}
{{- define "baton.placement" -}}
{{- $own := .own -}}
{{- $placement := pick $own "nodeSelector" "tolerations" "topologySpreadConstraints" "priorityClassName" -}}
{{- $affinity := mergeOverwrite (deepCopy (.spec.affinity | default dict)) (deepCopy ($own.affinity | default dict)) -}}
{{- with $own.apart -}}
{{- $term := include "baton.affinityTerm" (dict "root" $.root "segment" $.segment) | fromYaml -}}
{{- $affinity = include "baton.withTerm" (dict "affinity" $affinity "key" "podAntiAffinity" "term" $term "kind" .) | fromJson -}}
{{- end -}}
{{- with $own.beside -}}
{{- $term := include "baton.affinityTerm" (dict "root" $.root "segment" .segment) | fromYaml -}}
{{- $affinity = include "baton.withTerm" (dict "affinity" $affinity "key" "podAffinity" "term" $term "kind" .kind) | fromJson -}}
{{- end -}}
{{- if $affinity }}{{ $placement = set $placement "affinity" $affinity }}{{ end -}}
{{- toYaml $placement -}}
{{- end }}

{{/* Nodes that have pods of a segment. Takes (root, segment). */}}
{{- define "baton.affinityTerm" -}}
topologyKey: kubernetes.io/hostname
labelSelector:
  matchLabels:
    {{- include "baton.podLabels" . | nindent 4 }}
{{- end }}

{{/* An affinity with one more term, which must hold (hard) or should (soft), as JSON. Takes (affinity, key, term, kind). */}}
{{- define "baton.withTerm" -}}
{{- $of := get .affinity .key | default dict -}}
{{- if eq .kind "hard" -}}
{{- $list := "requiredDuringSchedulingIgnoredDuringExecution" -}}
{{- $of = set $of $list (append (get $of $list | default list) .term) -}}
{{- else -}}
{{- $list := "preferredDuringSchedulingIgnoredDuringExecution" -}}
{{- $of = set $of $list (append (get $of $list | default list) (dict "weight" 100 "podAffinityTerm" .term)) -}}
{{- end -}}
{{- toJson (set .affinity .key $of) -}}
{{- end }}
