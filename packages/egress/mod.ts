/**
 * The way out of a node: requests leave it through named backends of a service, and in no other way.
 *
 * @module
 */
export { formatIpAddress, type IpAddress, parseIpAddress } from "./address.ts";
export { type AddressKind, kindOfAddress } from "./address_kinds.ts";
export {
  type AddressPolicy,
  addressPolicy,
  type AddressPolicySettings,
  addressRefusal,
  globalAddressesOnly,
} from "./address_policy.ts";
export { formatOrigin, type Origin, parseOrigin } from "./origin.ts";
