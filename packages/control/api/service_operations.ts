/** Services and what serves of them. */

import * as v from "valibot";
import type { Changed } from "../activations.ts";
import type { Control } from "../control.ts";
import { notFound } from "../refusal.ts";
import {
  cellsSchema,
  changedAnswer,
  changedSchema,
  serviceAnswer,
  serviceSchema,
  versionAnswer,
  versionSchema,
} from "./answers.ts";
import { answer, type Call, type Operation, pageQuery, taking } from "./operation.ts";
import { canarySchema, deploySchema } from "./schemas.ts";

const servicesPath = "/v1/tenants/{tenant}/services";
const servicePath = `${servicesPath}/{service}`;
const versionsPath = `${servicePath}/versions`;

const serves = { 200: { about: "It serves like this now.", schema: changedSchema } };
/** What a deployment has come to. */
export const deployed = v.strictObject({
  service: serviceSchema,
  version: versionSchema,
  activation: v.picklist(["activated", "not asked for", "superseded"]),
  cells: v.optional(cellsSchema),
});

/** What there is to do with services and their versions. */
export function serviceOperations(control: Control): Operation[] {
  const { store, tenancy, deployments, activations } = control;
  const serviceOf = ({ part }: Call) => store.service(part("tenant"), part("service"));
  const nameOf = ({ part }: Call) => [part("tenant"), part("service")] as const;
  const changed = (change: Changed) => answer(changedAnswer(change), 200, change.service.revision);
  return [
    {
      ...{ id: "listServices", method: "GET", path: servicesPath, access: "read" },
      about: "Lists services by name.",
      query: pageQuery,
      answers: {
        200: {
          about: "A piece of the list.",
          schema: v.strictObject({
            services: v.array(serviceSchema),
            next: v.optional(v.string()),
          }),
        },
      },
      act({ part, text, count }) {
        const limit = Math.max(1, Math.min(count("limit") ?? 100, store.limits.listMax));
        const found = store.services.list(part("tenant"), text("after") ?? "", limit);
        const next = found.length === limit ? found.at(-1)?.name : undefined;
        return answer({ services: found.map(serviceAnswer), next });
      },
    },
    {
      ...{ id: "getService", method: "GET", path: servicePath, access: "read" },
      about: "Tells of a service.",
      answers: { 200: { about: "The service.", schema: serviceSchema } },
      act(call) {
        const service = serviceOf(call);
        return answer(serviceAnswer(service), 200, service.revision);
      },
    },
    {
      ...{ id: "addService", method: "PUT", path: servicePath, access: "deploy" },
      about: "Makes a service without a version, so that it can be configured before its first.",
      answers: {
        200: { about: "There is one.", schema: serviceSchema },
        201: { about: "It was made.", schema: serviceSchema },
      },
      act(call) {
        const [tenant, name] = nameOf(call);
        const found = store.services.get(tenant, name);
        const service = found ?? tenancy.addService(call.caller, tenant, name);
        return answer(serviceAnswer(service), found === undefined ? 201 : 200, service.revision);
      },
    },
    {
      ...{ id: "removeService", method: "DELETE", path: servicePath, access: "deploy" },
      about: "Removes a service with its versions, configuration and secrets.",
      fields: ["If-Match"],
      answers: { 200: { about: "It is gone.", schema: v.strictObject({ cells: cellsSchema }) } },
      async act(call) {
        const { caller, revision } = call;
        return answer({ cells: await tenancy.removeService(caller, nameOf(call), revision) });
      },
    },
    {
      ...{ id: "listVersions", method: "GET", path: versionsPath, access: "read" },
      about: "Lists the versions that are kept, the newest first.",
      answers: {
        200: {
          about: "All of them.",
          schema: v.strictObject({ versions: v.array(versionSchema) }),
        },
      },
      act(call) {
        const found = store.versions.list(serviceOf(call), store.limits.listMax);
        return answer({ versions: found.map(versionAnswer) });
      },
    },
    {
      ...{ id: "getVersion", method: "GET", path: `${versionsPath}/{version}`, access: "read" },
      about: "Tells of a version.",
      answers: { 200: { about: "The version.", schema: versionSchema } },
      act: (call) => answer(versionAnswer(store.version(serviceOf(call), versionNumber(call)))),
    },
    {
      ...{ id: "deploy", method: "POST", path: versionsPath, access: "deploy" },
      about:
        "Makes a version of an uploaded module, prepares it, and activates it unless told not to.",
      fields: ["If-Match", "Idempotency-Key"],
      answers: { 201: { about: "The version is ready.", schema: deployed } },
      ...taking(deploySchema, async (call, body) => {
        const [tenant, service] = nameOf(call);
        const { caller, revision, idempotencyKey } = call;
        const request = { ...body, tenant, service, revision, idempotencyKey };
        const { version, ...done } = await deployments.deploy(caller, request);
        const value = {
          ...{ service: serviceAnswer(done.service), version: versionAnswer(version) },
          ...{ activation: done.activation, cells: done.cells },
        };
        return answer(value, 201, done.service.revision);
      }),
    },
    {
      ...{ id: "activate", method: "POST", path: `${versionsPath}/{version}/activate` },
      access: "deploy",
      about: "Has a version serve.",
      fields: ["If-Match"],
      answers: serves,
      async act(call) {
        const { caller, revision } = call;
        const number = versionNumber(call);
        return changed(await activations.activate(caller, nameOf(call), number, revision));
      },
    },
    {
      ...{ id: "rollback", method: "POST", path: `${servicePath}/rollback`, access: "deploy" },
      about: "Has the version serve that was active before.",
      fields: ["If-Match"],
      answers: serves,
      async act(call) {
        const { caller, revision } = call;
        return changed(await activations.rollback(caller, nameOf(call), revision));
      },
    },
    {
      ...{ id: "putCanary", method: "PUT", path: `${servicePath}/canary`, access: "deploy" },
      about: "Has a version serve a share of the requests.",
      fields: ["If-Match"],
      answers: serves,
      ...taking(canarySchema, async (call, canary) => {
        const { caller, revision } = call;
        return changed(await activations.setCanary(caller, nameOf(call), canary, revision));
      }),
    },
    {
      ...{ id: "removeCanary", method: "DELETE", path: `${servicePath}/canary`, access: "deploy" },
      about: "Has the active version serve alone.",
      fields: ["If-Match"],
      answers: serves,
      async act(call) {
        const { caller, revision } = call;
        return changed(await activations.setCanary(caller, nameOf(call), undefined, revision));
      },
    },
    {
      ...{ id: "promoteCanary", method: "POST", path: `${servicePath}/canary/promote` },
      access: "deploy",
      about: "Has the canary serve all requests.",
      fields: ["If-Match"],
      answers: serves,
      async act(call) {
        const { caller, revision } = call;
        return changed(await activations.promote(caller, nameOf(call), revision));
      },
    },
  ];
}

function versionNumber({ part }: Call): number {
  const text = part("version");
  if (!/^[1-9]\d{0,14}$/.test(text)) throw notFound("such version");
  return Number(text);
}
