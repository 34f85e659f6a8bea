/** Configuration, secrets, and tokens. */

import * as v from "valibot";
import type { Control } from "../control.ts";
import {
  changedAnswer,
  changedSchema,
  configEntrySchema,
  entryAnswer,
  entryInfoSchema,
  tokenAnswer,
  tokenInfoSchema,
} from "./answers.ts";
import { answer, type Call, type Operation, taking } from "./operation.ts";
import { entrySchema, tokenSchema } from "./schemas.ts";

const servicePath = "/v1/tenants/{tenant}/services/{service}";
const kept = { 200: { about: "The service has it now.", schema: changedSchema } };
const gone = { 200: { about: "The service has it no more.", schema: changedSchema } };
/** A token with its text. */
export const madeToken = v.strictObject({ ...tokenInfoSchema.entries, token: v.string() });
/** Who asks. */
export const whoAmI = v.strictObject({
  id: v.string(),
  tenant: v.optional(v.string()),
  scopes: tokenInfoSchema.entries.scopes,
  expiresMs: v.optional(v.number()),
});
const tokenList = v.strictObject({ tokens: v.array(tokenInfoSchema) });

/** What there is to do with configuration and secrets. */
export function entryOperations({ store, entries, rotation }: Control): Operation[] {
  const serviceOf = ({ part }: Call) => store.service(part("tenant"), part("service"));
  const nameOf = ({ part }: Call) => [part("tenant"), part("service"), part("name")] as const;
  return [
    {
      ...{ id: "listConfig", method: "GET", path: `${servicePath}/config`, access: "read" },
      about: "Lists a service's configuration.",
      answers: {
        200: {
          about: "All of it.",
          schema: v.strictObject({ config: v.array(configEntrySchema) }),
        },
      },
      act: (call) => answer({ config: store.config.list(serviceOf(call)) }),
    },
    {
      ...{ id: "putConfig", method: "PUT", path: `${servicePath}/config/{name}`, access: "config" },
      about: "Sets an entry of a service's configuration, which guests find as a file.",
      fields: ["If-Match"],
      answers: kept,
      ...taking(entrySchema, async (call, { value }) => {
        const put = entries.putConfig(call.caller, nameOf(call), value, call.revision);
        return answer(changedAnswer(await put));
      }),
    },
    {
      ...{ id: "removeConfig", method: "DELETE", path: `${servicePath}/config/{name}` },
      access: "config",
      about: "Removes an entry of a service's configuration.",
      fields: ["If-Match"],
      answers: gone,
      async act(call) {
        const removed = entries.removeConfig(call.caller, nameOf(call), call.revision);
        return answer(changedAnswer(await removed));
      },
    },
    {
      ...{ id: "listSecrets", method: "GET", path: `${servicePath}/secrets`, access: "read" },
      about: "Lists the names of a service's secrets. Nobody is shown their values.",
      answers: {
        200: { about: "All names.", schema: v.strictObject({ secrets: v.array(entryInfoSchema) }) },
      },
      act: (call) => answer({ secrets: store.secrets.list(serviceOf(call)).map(entryAnswer) }),
    },
    {
      ...{ id: "putSecret", method: "PUT", path: `${servicePath}/secrets/{name}` },
      access: "secrets",
      about: "Sets a secret of a service, which guests find as a file.",
      fields: ["If-Match"],
      answers: kept,
      ...taking(entrySchema, async (call, { value }) => {
        const put = entries.putSecret(call.caller, nameOf(call), value, call.revision);
        return answer(changedAnswer(await put));
      }),
    },
    {
      ...{ id: "removeSecret", method: "DELETE", path: `${servicePath}/secrets/{name}` },
      access: "secrets",
      about: "Removes a secret of a service.",
      fields: ["If-Match"],
      answers: gone,
      async act(call) {
        const removed = entries.removeSecret(call.caller, nameOf(call), call.revision);
        return answer(changedAnswer(await removed));
      },
    },
    {
      ...{ id: "rotateSecrets", method: "POST", path: "/v1/secrets/rotate", access: "operator" },
      about: "Seals all secrets anew with a new key, and forgets the old one.",
      answers: {
        200: {
          about: "How many, and how many could not be opened.",
          schema: v.strictObject({ count: v.number(), unreadable: v.number() }),
        },
      },
      act: async ({ caller }) => answer(await rotation.rotate(caller)),
    },
  ];
}

/** What there is to do with tokens: of a tenant, or of operators. */
export function tokenOperations(control: Control): Operation[] {
  return [
    {
      ...{ id: "whoAmI", method: "GET", path: "/v1/whoami", access: "any token" },
      about: "Tells what the token that is shown may do.",
      answers: {
        200: { about: "The token.", schema: whoAmI },
      },
      act({ caller: { id, tenant, scopes, expiresMs } }) {
        return answer({ id, tenant, scopes, expiresMs });
      },
    },
    ...tokensAt(control, "/v1/tokens", "operator", "Operator"),
    ...tokensAt(control, "/v1/tenants/{tenant}/tokens", "tokens", "Tenant"),
  ];
}

function tokensAt(
  { store, tokens }: Control,
  path: string,
  access: "operator" | "tokens",
  whose: "Operator" | "Tenant",
): Operation[] {
  const tenantOf = ({ part }: Call) => whose === "Tenant" ? part("tenant") : undefined;
  return [
    {
      ...{ id: `list${whose}Tokens`, method: "GET", path, access },
      about: "Lists tokens, without what makes them tokens.",
      answers: { 200: { about: "All of them.", schema: tokenList } },
      act(call) {
        const tenant = tenantOf(call);
        const found = store.tokens.list(tenant === undefined ? undefined : store.tenant(tenant));
        return answer({ tokens: found.map(tokenAnswer) });
      },
    },
    {
      ...{ id: `make${whose}Token`, method: "POST", path, access },
      about: "Makes a token. It is shown in this answer alone.",
      answers: { 201: { about: "The token.", schema: madeToken } },
      ...taking(tokenSchema, async (call, body) => {
        const made = await tokens.make(call.caller, { ...body, tenant: tenantOf(call) });
        return answer({ ...tokenAnswer(made.token), token: made.text }, 201);
      }),
    },
    {
      ...{ id: `revoke${whose}Token`, method: "DELETE", path: `${path}/{token}`, access },
      about: "Has a token be one no more.",
      answers: { 204: { about: "It is none now." } },
      act(call) {
        tokens.revoke(call.caller, call.part("token"), tenantOf(call));
        return { kind: "response", response: { status: 204, fields: [], body: undefined } };
      },
    },
  ];
}
