// The JSON schema that is read, and the structural schema that is written. Both hold only what is used here: a
// keyword that nobody thought of is an error of the generator, never a rule that is silently lost.

import { z } from 'zod';

/** What both say of a value in the same words. */
type Limits = {
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly required?: readonly string[];
};

/** A JSON schema as zod writes it. */
export type Node = Limits & {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: boolean | Node;
  readonly propertyNames?: Node;
  readonly items?: Node;
  readonly allOf?: readonly Node[];
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
};

const nodeSchema: z.ZodType<Node> = z.lazy(() =>
  z.strictObject({
    type: z.union([z.string(), z.array(z.string())]).exactOptional(),
    title: z.string().exactOptional(),
    description: z.string().exactOptional(),
    default: z.unknown().exactOptional(),
    const: z.unknown().exactOptional(),
    enum: z.array(z.unknown()).exactOptional(),
    pattern: z.string().exactOptional(),
    format: z.string().exactOptional(),
    minLength: z.number().exactOptional(),
    maxLength: z.number().exactOptional(),
    minimum: z.number().exactOptional(),
    maximum: z.number().exactOptional(),
    minItems: z.number().exactOptional(),
    maxItems: z.number().exactOptional(),
    properties: z.record(z.string(), nodeSchema).exactOptional(),
    required: z.array(z.string()).exactOptional(),
    additionalProperties: z.union([z.boolean(), nodeSchema]).exactOptional(),
    propertyNames: nodeSchema.exactOptional(),
    items: nodeSchema.exactOptional(),
    allOf: z.array(nodeSchema).exactOptional(),
    anyOf: z.array(nodeSchema).exactOptional(),
    oneOf: z.array(nodeSchema).exactOptional(),
  }),
);

/** The JSON schema of what is written for `schema`. Throws ZodError for a keyword that is not known here. */
export function nodeOf(schema: z.ZodType): Node {
  const { $schema, ...node } = z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' });
  return nodeSchema.parse(node);
}

/** A rule in the API server's expression language. */
export type Rule = { readonly rule: string; readonly message: string };

/** A structural schema of OpenAPI v3, as a CustomResourceDefinition must have it. */
export type Structural = Limits & {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Structural>>;
  readonly anyOf?: readonly Pick<Structural, 'required'>[];
  readonly additionalProperties?: Structural;
  readonly items?: Structural;
  readonly 'x-kubernetes-preserve-unknown-fields'?: true;
  readonly 'x-kubernetes-int-or-string'?: true;
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'map' | 'set';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-validations'?: readonly Rule[];
};
