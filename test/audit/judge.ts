// What the registry of packages knows against those that Baton is made of.

import { z } from 'zod';

const reportSchema = z.object({
  vulnerabilities: z.record(
    z.string(),
    z.object({ severity: z.enum(['info', 'low', 'moderate', 'high', 'critical']), range: z.string() }),
  ),
});

/** What npm says instead, in its two ways. */
const troubleSchema = z.object({
  message: z.string().optional(),
  error: z.object({ summary: z.string() }).optional(),
});

export type Judgement =
  | { readonly kind: 'asked'; readonly findings: readonly string[] }
  | { readonly kind: 'notAsked'; readonly why: string };

/** Reads what `npm audit --json` said: what is high or critical, or that nobody has answered. */
export function judge(said: string): Judgement {
  const raw = parsed(said);
  const report = reportSchema.safeParse(raw);
  if (!report.success) return { kind: 'notAsked', why: whyOf(raw) ?? 'npm said nothing of use' };
  const findings = Object.entries(report.data.vulnerabilities)
    .filter(([, { severity }]) => severity === 'high' || severity === 'critical')
    .map(([name, { severity, range }]) => `${name} ${range}: ${severity}`);
  return { kind: 'asked', findings };
}

function whyOf(raw: unknown): string | undefined {
  const { data } = troubleSchema.safeParse(raw);
  return data?.message ?? data?.error?.summary;
}

function parsed(said: string): unknown {
  try {
    return JSON.parse(said);
  } catch {
    return undefined;
  }
}
