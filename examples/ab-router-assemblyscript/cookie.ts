/** The value of one cookie in a Cookie header (RFC 6265, section 5.4), or an empty string. */
export function cookieValue(header: string, name: string): string {
  const pairs = header.split(";");
  for (let index = 0; index < pairs.length; index++) {
    const pair = pairs[index].trim();
    const at = pair.indexOf("=");
    if (at > 0 && pair.slice(0, at) == name) return pair.slice(at + 1);
  }
  return "";
}
