/**
 * What HTTP and CGI say, as pure functions of values: no socket, no clock.
 *
 * @module
 */
export {
  noRequestDirectives,
  noResponseDirectives,
  type Qualified,
  type RequestDirectives,
  requestDirectives,
  type ResponseDirectives,
  responseDirectives,
} from "./cache_control.ts";
export { type CacheStatus, formatCacheStatus, type ForwardReason } from "./cache_status.ts";
export { type CgiHead, type CgiHeadLimits, CgiHeadParser, CgiHeadReader } from "./cgi_head.ts";
export { type CgiRequest, cgiVariables } from "./cgi_variables.ts";
export {
  chosenCoding,
  codedFields,
  type ContentCoding,
  contentCodings,
  mayBeCoded,
  variesByCoding,
} from "./content_coding.ts";
export { deltaSecondsMax, parseAge, parseDeltaSeconds } from "./delta_seconds.ts";
export {
  type EntityTag,
  parseEntityTag,
  parseEntityTags,
  strongMatch,
  weakMatch,
} from "./entity_tag.ts";
export { derivedRequest, type RequestChanges } from "./derived_request.ts";
export { HpackDecoder, type HpackLimits } from "./hpack_decoder.ts";
export { HpackEncoder } from "./hpack_encoder.ts";
export { isClientClaim } from "./client_claims.ts";
export { connectionOptions } from "./connection_options.ts";
export { hopByHopFields, isFieldValue, isToken } from "./field.ts";
export { canonicalHost, coveringHosts, hostRelation, isBroadHost, reversedHost } from "./hosts.ts";
export { formatHttpDate, parseHttpDate } from "./http_date.ts";
export { listMembers, trimmed, unquoted } from "./list_members.ts";
export { type MultipartPiece, type MultipartRanges, multipartRanges } from "./multipart_ranges.ts";
export { canonicalOrigin, originForm } from "./origin.ts";
export {
  conditionalFields,
  evaluatePreconditions,
  rangeApplies,
  type Validators,
  type Verdict,
} from "./preconditions.ts";
export {
  type ByteRange,
  type ContentRange,
  formatContentRange,
  parseContentRange,
  parseRange,
  type RangeLimits,
  rangeLimits,
  type RangeSpec,
  type Satisfaction,
  satisfy,
} from "./range.ts";
export {
  type BadRequest,
  decodePath,
  parseRequestTarget,
  type RequestTarget,
} from "./request_target.ts";
export { shownToken } from "./shown_token.ts";
export {
  surrogateKeyFields,
  type SurrogateKeyLimits,
  surrogateKeyLimits,
  surrogateKeys,
} from "./surrogate_keys.ts";
export {
  type HeardDirectives,
  heardDirectives,
  surrogateDevice,
} from "./targeted_cache_control.ts";
export { allowedTrailers, takesTrailers } from "./trailers.ts";
export { offeredProtocols } from "./upgrade.ts";
export {
  type Field,
  fieldValue,
  fieldValues,
  type HttpRequest,
  type HttpResponse,
  isConstant,
  type Tunnel,
} from "./message.ts";
export { type TraceParent, traceParentField, traceParentOf } from "./traceparent.ts";
export { variantOf, varyNames } from "./vary.ts";
