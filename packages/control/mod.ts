/**
 * What a node is told to serve: tenants, services, versions.
 *
 * @module
 */
export type {
  BackendSettings,
  Canary,
  RouteSettings,
  ServiceState,
  Sticky,
  TenantSettings,
  TenantState,
  Version,
  VersionSettings,
} from "./model.ts";
