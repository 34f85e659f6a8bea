/** The admin API's answers as its clients read them: of no type until they have passed here. */

import { err, ok, type Result } from "@skerry/base";
import * as v from "valibot";
import {
  addressesSchema,
  cellsSchema,
  changedSchema,
  configEntrySchema,
  entryInfoSchema,
  moduleSchema,
  problemSchema,
  serviceSchema,
  tenantSchema,
  tokenInfoSchema,
  versionSchema,
} from "./answers.ts";
import { explanationSchema } from "./cache_operations.ts";
import { changedTenant } from "./tenant_operations.ts";
import { madeToken, whoAmI } from "./entry_operations.ts";
import { generation, listedKeys } from "./key_operations.ts";
import { purgeReceipt } from "./purge_operations.ts";
import { deployed } from "./service_operations.ts";

const next = v.optional(v.string());

/** What is answered, by what it is. */
export const answerSchemas = {
  addresses: addressesSchema,
  changed: changedSchema,
  changedTenant,
  config: v.strictObject({ config: v.array(configEntrySchema) }),
  deployed,
  explanation: explanationSchema,
  generation,
  keys: listedKeys,
  madeToken,
  module: moduleSchema,
  problem: problemSchema,
  purged: purgeReceipt,
  removed: v.strictObject({ cells: cellsSchema }),
  secrets: v.strictObject({ secrets: v.array(entryInfoSchema) }),
  service: serviceSchema,
  services: v.strictObject({ services: v.array(serviceSchema), next }),
  tenants: v.strictObject({ tenants: v.array(tenantSchema), next }),
  tokens: v.strictObject({ tokens: v.array(tokenInfoSchema) }),
  version: versionSchema,
  versions: v.strictObject({ versions: v.array(versionSchema) }),
  whoAmI,
} as const;

/** A key of {@link answerSchemas}. */
export type AnswerName = keyof typeof answerSchemas;

/** What an answer of a name holds. */
export type AnswerOf<Name extends AnswerName> = v.InferOutput<(typeof answerSchemas)[Name]>;

/** Reads an answer; says what is in the way where it is none of these. */
export function readAnswer<Name extends AnswerName>(
  name: Name,
  value: unknown,
): Result<AnswerOf<Name>, string> {
  const parsed = v.safeParse<(typeof answerSchemas)[Name]>(answerSchemas[name], value);
  if (parsed.success) return ok(parsed.output);
  const [issue] = parsed.issues;
  return err(`${v.getDotPath(issue) ?? "it"}: ${issue.message}`);
}
