// The files of the charts that follow from the code, so that nothing is written twice.

import { stringify } from 'yaml';
import { machinesTemplate } from './machines.ts';
import { definitionOf, KINDS, type Kind } from './resources.ts';
import { CALLER_ROLE_OBJECTS, type CallerRole } from './roles.ts';
import { valuesSchemas } from './values.ts';

const WRITTEN = 'Written by `npm run charts`: change the schema, not this file.';

/** Text by path from the top of the repository. */
export function chartFiles(): ReadonlyMap<string, string> {
  return new Map([
    ...KINDS.map(
      (kind) => [`charts/baton/templates/crds/${kind.plural}.yaml`, definitionText(kind)] as const,
    ),
    ['charts/baton/templates/crds/roles.yaml', rolesText()],
    ['charts/partition/templates/_machines.tpl', `{{- /* ${WRITTEN} */ -}}\n${machinesTemplate()}`],
    ...[...valuesSchemas()].map(([chart, text]) => [`charts/${chart}/values.schema.json`, text] as const),
  ]);
}

/** A template: helm leaves the kind in the cluster, with all its objects, when the release goes. */
function definitionText(kind: Kind): string {
  const { metadata, spec, ...head } = definitionOf(kind);
  const body = stringify({ spec }, { lineWidth: 0, aliasDuplicateObjects: false });
  if (body.includes('{{')) throw new Error(`${kind.kind} has braces that helm would take for its own`);
  return [
    `{{- /* ${WRITTEN} */ -}}`,
    '{{- if .Values.crds.install }}',
    stringify({ ...head, metadata }).trimEnd(),
    '  annotations:',
    '    helm.sh/resource-policy: keep',
    '  labels:',
    '    {{- include "baton.labels" . | nindent 4 }}',
    body.trimEnd(),
    '{{- end }}',
    '',
  ].join('\n');
}

/** They are the kinds' own, whatever release leads partitions of that kind. */
function rolesText(): string {
  return [
    `{{- /* ${WRITTEN.replace('schema', 'table')} */ -}}`,
    '{{- if .Values.crds.install }}',
    CALLER_ROLE_OBJECTS.map(roleText).join('---\n').trimEnd(),
    '{{- end }}',
    '',
  ].join('\n');
}

function roleText({ metadata: { name, labels }, rules, ...head }: CallerRole): string {
  return [
    stringify({ ...head, metadata: { name, labels } }).trimEnd(),
    '    {{- include "baton.labels" . | nindent 4 }}',
    stringify({ rules }, { aliasDuplicateObjects: false }),
  ].join('\n');
}
