/**
 * The way out of a node: requests leave it through named backends of a service, and in no other way.
 *
 * @module
 */
export {
  type AddressBlock,
  formatIpAddress,
  type IpAddress,
  isInBlock,
  parseAddressBlock,
  parseIpAddress,
} from "./address.ts";
export { type AddressKind, kindOfAddress } from "./address_kinds.ts";
export {
  type AddressPolicy,
  addressPolicy,
  type AddressPolicySettings,
  addressRefusal,
  globalAddressesOnly,
} from "./address_policy.ts";
export { formatOrigin, type Origin, parseOrigin } from "./origin.ts";
export { Backend, type BackendResponse, type BackendState } from "./backend.ts";
export { Backends } from "./backends.ts";
export {
  BackendError,
  type BackendFailure,
  type BackendFailureKind,
  type NetworkFailure,
} from "./failure.ts";
export { type EgressLimits, egressLimits } from "./limits.ts";
export type {
  BackendTunnel,
  HttpPool,
  Network,
  OutgoingRequest,
  PoolSettings,
  Receiver,
  Sending,
} from "./network.ts";
export type { BackendRequest } from "./outgoing.ts";
export { type BackendSettings } from "./settings.ts";
export { forward, type ForwardContext } from "./forward.ts";
export {
  type ForwardedPolicy,
  type ForwardFacts,
  requestFields,
  responseFields,
} from "./forward_fields.ts";
export { joinTunnels } from "./tunnels.ts";
export {
  askBackend,
  type GuestFailure,
  type GuestOutcome,
  type GuestRequest,
} from "./subrequests.ts";
