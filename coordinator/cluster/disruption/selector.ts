// Which pods a selector means, as the API server reads it.

import type { Requirement, Selector } from '../resources/disruptionBudget.ts';

type Labels = Readonly<Record<string, string>>;

/** True when a pod with `labels` is selected. An empty selector of policy/v1 selects every pod. */
export function selects({ matchLabels, matchExpressions }: Selector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every((requirement) => holds(requirement, labels[requirement.key]))
  );
}

/** The labels that the selector asks for. */
export function keysOf({ matchLabels, matchExpressions }: Selector): readonly string[] {
  return [...Object.keys(matchLabels), ...matchExpressions.map(({ key }) => key)];
}

/** A label that is absent is in no list, and so `NotIn` holds of it. An operator of a later API selects nothing. */
function holds({ operator, values }: Requirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}
