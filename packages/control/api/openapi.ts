/** The document of the admin API (OpenAPI 3.1), made of the table that answers requests. */

import { problemSchema } from "./answers.ts";
import { type JsonSchema, jsonSchemaOf } from "./json_schema.ts";
import type { AnswerKind, Body, Operation } from "./operation.ts";

/** The document of these operations. */
export function apiDocument(operations: readonly Operation[], version: string): JsonSchema {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const operation of operations) {
    const item = paths[operation.path] ??= {};
    item[operation.method.toLowerCase()] = operationObject(operation);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Skerry",
      version,
      description: "What a node serves, and how to change it. Times are milliseconds since 1970.",
    },
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      schemas: { Problem: jsonSchemaOf(problemSchema) },
    },
  };
}

function operationObject(operation: Operation): JsonSchema {
  const { id, about, access, body, answers } = operation;
  const responses = Object.entries(answers).map(([status, kind]) => [status, responseOf(kind)]);
  const open = access === "everybody" ? { security: [] } : { "x-skerry-access": access };
  return {
    operationId: id,
    summary: about,
    ...open,
    parameters: parametersOf(operation),
    ...(body !== undefined && {
      requestBody: { required: !isOptional(body), content: contentOf(body) },
    }),
    responses: { ...Object.fromEntries(responses), default: problemResponse },
  };
}

const problemResponse = {
  description: "It could not be done.",
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};

function parametersOf({ path, query = {}, fields = [] }: Operation): JsonSchema[] {
  const text = { type: "string" };
  const parts = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => {
    return { name, in: "path", required: true, schema: text };
  });
  const asked = Object.entries(query).map(([name, { about, kind }]) => {
    const schema = kind === "count" ? { type: "integer", minimum: 0 } : text;
    return { name, in: "query", description: about, schema };
  });
  return [...parts, ...asked, ...fields.map((name) => ({ name, in: "header", schema: text }))];
}

function isOptional(body: Body): boolean {
  return body.kind === "json" && body.isOptional === true;
}

function contentOf(body: Body): JsonSchema {
  switch (body.kind) {
    case "json":
      return { "application/json": { schema: jsonSchemaOf(body.schema) } };
    case "bytes":
      return Object.fromEntries(body.media.map((media) => [media, {}]));
  }
}

function responseOf({ about, schema, media }: AnswerKind): JsonSchema {
  if (schema !== undefined) {
    const content = { "application/json": { schema: jsonSchemaOf(schema) } };
    return { description: about, content };
  }
  return media === undefined
    ? { description: about }
    : { description: about, content: { [media]: {} } };
}
