{{/* Milliseconds of a duration such as 30s, 500ms or 1.5m. The schema of the values has let nothing else pass. */}}
{{- define "baton.ms" -}}
{{- $number := regexFind "^[0-9]+([.][0-9]+)?" . -}}
{{- $unitMs := dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000 -}}
{{- round (mulf $number (get $unitMs (trimPrefix $number .))) 0 | int64 -}}
{{- end }}

{{/* Seconds that hold so many milliseconds. */}}
{{- define "baton.seconds" -}}
{{- div (add (int64 .) 999) 1000 -}}
{{- end }}

{{/* Milliseconds as people write them: 32s, 1500ms. */}}
{{- define "baton.duration" -}}
{{- $ms := int64 . -}}
{{- if and (gt $ms 0) (eq (mod $ms 3600000) 0) -}}{{ div $ms 3600000 }}h
{{- else if and (gt $ms 0) (eq (mod $ms 60000) 0) -}}{{ div $ms 60000 }}m
{{- else if and (gt $ms 0) (eq (mod $ms 1000) 0) -}}{{ div $ms 1000 }}s
{{- else -}}{{ $ms }}ms
{{- end -}}
{{- end }}
