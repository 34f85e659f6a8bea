/**
 * What HTTP and CGI say, as pure functions of values: no socket, no clock.
 *
 * @module
 */
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
export { HpackDecoder, type HpackLimits } from "./hpack_decoder.ts";
export { HpackEncoder } from "./hpack_encoder.ts";
export { hopByHopFields, isFieldValue, isToken } from "./field.ts";
export { canonicalHost, coveringHosts, hostRelation, isBroadHost, reversedHost } from "./hosts.ts";
export { canonicalOrigin, originForm } from "./origin.ts";
export {
  type BadRequest,
  decodePath,
  parseRequestTarget,
  type RequestTarget,
} from "./request_target.ts";
export { allowedTrailers, takesTrailers } from "./trailers.ts";
export { offeredProtocols } from "./upgrade.ts";
export {
  type Field,
  fieldValue,
  fieldValues,
  type HttpRequest,
  type HttpResponse,
  type Tunnel,
} from "./message.ts";
export { type TraceParent, traceParentField, traceParentOf } from "./traceparent.ts";
