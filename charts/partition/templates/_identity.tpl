{{/* Name of the Secret with what sidecars show. Takes the root. */}}
{{- define "baton.sidecarSecret" -}}
{{- $identity := .Values.partition.identity -}}
{{- if eq $identity.mode "coordinatorIssued" -}}baton-sidecar
{{- else -}}{{ $identity.secret | default (printf "%s-sidecar" (include "baton.partitionName" .)) }}
{{- end -}}
{{- end }}

{{/* What is wrong with it, a line for each. Takes (path, identity). */}}
{{- define "baton.checkIdentity" -}}
{{- with .identity }}
{{- if and (eq .mode "existing") (not .secret) }}
{{ $.path }}.secret: want the name of a Secret with ca.crt, tls.crt and tls.key (mode existing), got nothing
{{- end }}
{{- if and (eq .mode "certManager") (not .issuerRef.name) }}
{{ $.path }}.issuerRef.name: want the name of an issuer of cert-manager (mode certManager), got nothing
{{- end }}
{{- end }}
{{- end }}

{{/* A Certificate of cert-manager, which fills a Secret of that name. Takes (name, namespace, labels, role, dnsNames, usages, issuerRef). */}}
{{- define "baton.certificate" -}}
apiVersion: cert-manager.io/v1
kind: Certificate
metadata:
  name: {{ .name }}
  namespace: {{ .namespace }}
  labels:
    {{- .labels | nindent 4 }}
spec:
  secretName: {{ .name }}
  commonName: {{ .role }}
  dnsNames:
    {{- toYaml .dnsNames | nindent 4 }}
  usages:
    {{- toYaml .usages | nindent 4 }}
  privateKey: { algorithm: ECDSA, size: 256, rotationPolicy: Always }
  issuerRef:
    {{- toYaml .issuerRef | nindent 4 }}
{{- end }}
