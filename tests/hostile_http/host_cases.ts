/** Requests that name their host, or what they are for, in two ways or in none (RFC 9112 §3.2, §3.3). */

import { get, type HostileCase, misdirected, refused, served } from "./case.ts";

const one = "RFC 9112 §3.2: exactly one Host";
const value = "RFC 9112 §3.2: an invalid Host value is answered 400";
const agree =
  "RFC 9112 §3.2.2: a target that disagrees with Host is refused here, which it lets win";
const target = "RFC 9112 §3.2: the form of the target";

function hostCase(name: string, authority: string, why = value): HostileCase {
  return misdirected(name, get("/", `Host: ${authority}\r\n`), why);
}

function targetCase(name: string, text: string, why = target): HostileCase {
  return misdirected(name, get(text), why);
}

export const hostCases: readonly HostileCase[] = [
  refused("no Host", get("/", ""), 400, one),
  refused("two Hosts that differ", get("/", "Host: a\r\nHost: b\r\n"), 400, one),
  refused("two Hosts that agree", get("/", "Host: a\r\nHost: a\r\n"), 400, one),
  refused("two Hosts in two spellings", get("/", "Host: a\r\nhOST: b\r\n"), 400, one),
  refused("two Hosts in HTTP/1.0", get("/", "Host: a\r\nHost: b\r\n", "HTTP/1.0"), 400, one),
  {
    ...misdirected(
      "HTTP/1.0 without Host",
      get("/", "", "HTTP/1.0"),
      "RFC 9112 §3.3: without Host a server of many hosts cannot tell which is meant",
    ),
    then: "closed",
  },
  refused("Host with white space before its colon", get("/", "Host : a\r\n"), 400, "RFC 9112 §5.1"),
  hostCase("an empty Host", ""),
  hostCase("a Host with user information", "user@a"),
  hostCase("a Host with a password", "a:80@b"),
  hostCase("a Host with a path", "a/b"),
  hostCase("a Host with a query", "a?b"),
  hostCase("a Host with a fragment", "a#b"),
  hostCase("a Host with a backslash", "a\\b"),
  hostCase("a Host with a space", "a b"),
  hostCase("a Host with a list", "a, b"),
  hostCase("a Host that is percent-encoded", "%61"),
  hostCase("a Host with bytes beyond ASCII", "\xe9xample"),
  hostCase("a Host with a scheme", "http://a"),
  hostCase("a Host with a port that is a name", "a:http"),
  hostCase("a Host with an empty port", "a:"),
  hostCase("a Host with port 0", "a:0"),
  hostCase("a Host with a port beyond 65535", "a:65536"),
  hostCase("a Host with a port that wraps to 80", "a:65616"),
  hostCase("a Host with a negative port", "a:-80"),
  hostCase("a Host with two ports", "a:80:90"),
  hostCase("an IPv6 Host with a zone", "[fe80::1%25lo]"),
  hostCase("an IPv6 Host with a zone that is not encoded", "[fe80::1%lo]"),
  hostCase("an IPv6 Host without brackets", "::1"),
  hostCase("an IPv6 Host with a bracket missing", "[::1"),
  hostCase("an address of a future version", "[v1.x]"),
  hostCase("only a port", ":80"),

  targetCase("an absolute target of another host", "http://evil/", agree),
  targetCase("an absolute target of another port", "http://a:81/", agree),
  targetCase("an absolute target with user information", "http://a@evil/", agree),
  targetCase("an absolute target without a host", "http:///x", agree),
  targetCase("an absolute target with a backslash", "http://a\\evil/"),
  targetCase("an absolute target of another scheme", "ftp://a/"),
  targetCase("a target that is a file's", "file:///etc/passwd"),
  targetCase("a target that begins with a name", "a/"),
  targetCase("the authority-form on GET", "a:443"),
  targetCase("the asterisk-form on GET", "*"),
  targetCase("a fragment in a target", "/#x"),
  targetCase("a query without a path's slash", "?x"),
  targetCase("a path with a NUL that is encoded", "/%00"),
  targetCase("a path with an encoding that breaks off", "/%4"),
  targetCase("a path with an encoding that is none", "/%zz"),
  targetCase("a path that is not UTF-8", "/%ff"),
  targetCase("a path that climbs behind encoded slashes", "/a%2f..%2f..%2fetc"),
  targetCase("a path that climbs behind a backslash", "/..\\..\\etc"),

  served(
    "an absolute target that agrees with its Host",
    get("http://a/x"),
    ["GET a/x 0"],
    "RFC 9112 §3.2.2: servers must accept it",
  ),
  served(
    "a Host in capitals",
    get("/x", "Host: A\r\n"),
    ["GET a/x 0"],
    "RFC 9110 §4.2.3: hosts are case-insensitive",
  ),
  served(
    "a path that climbs above its root",
    get("/../../x"),
    ["GET a/x 0"],
    "RFC 3986 §5.2.4: dot segments are removed",
  ),
  served(
    "a path that climbs in encoded dots",
    get("/a/%2e%2e/%2E./x"),
    ["GET a/x 0"],
    "RFC 3986 §6.2.2: dots are what they are, encoded or not",
  ),
  served(
    "a path with quotes and brackets",
    get('/"<x>'),
    ["GET a/%22%3Cx%3E 0"],
    "RFC 3986 §2.1: programs see only what may stand in a URI",
  ),
  served(
    "a path that begins with two slashes",
    get("//evil/x"),
    ["GET a//evil/x 0"],
    "RFC 9112 §3.2.1: it is a path, not an authority",
  ),
  served(
    "a Host for the way, beside fields that claim another",
    get("/x", "Host: a\r\nX-Forwarded-Host: evil\r\nX-Original-URL: /evil\r\n"),
    ["GET a/x 0"],
    "RFC 9112 §3.3: Host alone decides",
  ),
  served("an IPv6 Host", get("/x", "Host: [::1]:80\r\n"), ["GET [::1]/x 0"], "RFC 3986 §3.2.2"),
];
