// Errors as clients see them: Problem Details for HTTP APIs, RFC 9457.

export class ApiError extends Error {
  constructor(status, message, details = [], headers = {}) {
    super(message);
    this.status = status;
    this.details = details;
    this.headers = headers;
  }
}

export function problem({ status, message, details, headers }) {
  const body = { status, title: message, ...(details.length > 0 ? { details } : {}) };
  return Response.json(body, {
    status,
    headers: { ...headers, "content-type": "application/problem+json" },
  });
}
