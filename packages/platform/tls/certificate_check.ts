/** Whether a certificate and its key can serve a host, found out before any client does. */

import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { SkerryError } from "@skerry/base";

/** A certificate with those that it depends on, and its key, as PEM (RFC 7468). */
export interface CertificatePem {
  readonly certPem: string;
  readonly keyPem: string;
}

/**
 * Checks a pair.
 *
 * @returns what is odd about it: dates, and that it does not name the host
 * @throws SkerryError SKERRY_CERTIFICATE_REFUSED where nobody could be served with it
 */
export function checkCertificate(host: string, { certPem, keyPem }: CertificatePem): string[] {
  const refuse = (why: string, cause?: unknown): never => {
    throw new SkerryError("SKERRY_CERTIFICATE_REFUSED", why, { where: host, cause });
  };
  const [leaf] = certificatesOf(certPem, refuse);
  if (leaf === undefined) return refuse("the certificate is not PEM");
  const key = keyOf(keyPem, refuse);
  const weakness = weaknessOf(key);
  if (weakness !== undefined) return refuse(weakness);
  if (!publicDer(leaf.publicKey).equals(publicDer(createPublicKey(key)))) {
    return refuse("the key is not the certificate's");
  }
  return oddities(host, leaf, Date.now());
}

type Refuse = (why: string, cause?: unknown) => never;

const certificateBlock = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** All of them: one that is broken further down the chain would break each handshake. */
function certificatesOf(pem: string, refuse: Refuse): X509Certificate[] {
  return (pem.match(certificateBlock) ?? []).map((block, index) => {
    try {
      return new X509Certificate(block);
    } catch (cause) {
      return refuse(`certificate ${index + 1} of the chain cannot be read`, cause);
    }
  });
}

function keyOf(pem: string, refuse: Refuse): KeyObject {
  if (!/-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/.test(pem)) return refuse("the key is not PEM");
  if (/ENCRYPTED/.test(pem)) {
    return refuse("the key is encrypted, and nobody is here to decrypt it");
  }
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    return refuse("the key cannot be read", cause);
  }
}

/** What the TLS below would only tell when a client comes. */
function weaknessOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string | undefined {
  switch (asymmetricKeyType) {
    case "ed25519":
      return undefined;
    case "ec": {
      const curve = asymmetricKeyDetails?.namedCurve ?? "unknown";
      return curves.has(curve)
        ? undefined
        : `the key is of the curve ${curve}, which few clients know`;
    }
    case "rsa":
      return (asymmetricKeyDetails?.modulusLength ?? 0) >= 2_048
        ? undefined
        : "the key is of RSA with fewer than 2048 bits";
    default:
      return `the key is of the kind ${asymmetricKeyType}, which TLS does not sign with`;
  }
}

const curves: ReadonlySet<string> = new Set(["prime256v1", "secp384r1"]);

function publicDer(key: KeyObject) {
  return key.export({ type: "spki", format: "der" });
}

function oddities(host: string, certificate: X509Certificate, nowMs: number): string[] {
  const odd: string[] = [];
  const { validFrom, validTo } = certificate;
  if (Date.parse(validTo) <= nowMs) odd.push(`it has expired: ${validTo}`);
  if (Date.parse(validFrom) > nowMs) odd.push(`it is not valid yet: ${validFrom}`);
  // RFC 9525 §6.3: a wildcard stands for one label.
  if (host !== "*" && !namesHost(certificate, host)) odd.push("it does not name the host");
  return odd;
}

/** By the names in it (RFC 9525 §6.3): a wildcard stands for one label. */
function namesHost({ subjectAltName }: X509Certificate, host: string): boolean {
  const names = (subjectAltName ?? "").toLowerCase().split(", ");
  return names.includes(`dns:${host}`) || names.includes(`dns:${host.replace(/^[^.]+/, "*")}`) ||
    names.includes(`ip address:${host}`);
}
