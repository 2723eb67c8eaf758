{{/* Pod template of one role. Takes (root, segment). */}}
{{- define "minidaq.pod" -}}
{{- $values := .root.Values -}}
{{- $name := include "baton.partitionName" .root -}}
{{- $members := dict -}}
{{- $port := 0 -}}
{{- range $values.partition.spec.segments }}
{{- $_ := set $members .name .members }}
{{- if eq .name $.segment }}{{ $port = .adapter.port }}{{ end }}
{{- end -}}
spec:
  containers:
    - name: daq
      image: {{ include "baton.image" $values.image }}
      imagePullPolicy: {{ $values.image.pullPolicy }}
      args:
        - {{ .segment }}
        - --ordinal=$(BATON_ORDINAL)
        - --port={{ $port }}
        - --data-listen=0.0.0.0:7410
        - --peers={{ $name }}-{role}-{ordinal}.{{ $name }}-{role}.{{ .root.Release.Namespace }}.svc.{{ $values.clusterDomain }}:7410
        - --data-dir=/data
        - --readouts={{ $members.readout }}
        - --builders={{ $members.builder }}
        - --trigger-rate={{ $values.options.triggerRate }}
        - --payload-bytes={{ $values.options.payloadBytes }}
        {{- range get $values.args .segment | default list }}
        - {{ quote . }}
        {{- end }}
      volumeMounts:
        - name: data
          mountPath: /data
      resources:
        {{- toYaml (get $values.resources .segment | default $values.resources.default) | nindent 8 }}
      securityContext:
        readOnlyRootFilesystem: true
  volumes:
    - name: data
      persistentVolumeClaim:
        claimName: {{ include "minidaq.claim" .root }}
{{- end }}

{{/* Name of the claim for ledgers and files. Takes the root. */}}
{{- define "minidaq.claim" -}}
{{- .Values.data.existingClaim | default (printf "%s-data" (include "baton.partitionName" .)) -}}
{{- end }}
