/**
 * The certificates of a server, by the hosts that they are for. What is in here can be replaced while it is used:
 * a handshake takes what is there when it begins, and connections that stand are not touched.
 *
 * Where the files are and when they are read again is for whoever owns this.
 */

import { createSecureContext, type SecureContext } from "node:tls";
import { SkerryError } from "@skerry/base";
import { type CertificatePem, checkCertificate } from "./certificate_check.ts";

/** What is odd about a certificate that was taken all the same. */
export interface CertificateWarning {
  readonly host: string;
  readonly why: string;
}

/** A certificate that was chosen for a host. */
export interface ChosenCertificate {
  /** Under which host it stands: the name itself, a wildcard that covers it, or `*`. */
  readonly host: string;
  readonly context: SecureContext;
}

/** `shop.example`, `*.shop.example` (one or more labels in front) or `*` (whatever has no other). */
const hostPattern = /^(?:\*|(?:\*\.)?(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_-]+)$/;

/** Certificates by host. */
export class Certificates {
  #byHost: ReadonlyMap<string, ChosenCertificate> = new Map();

  /**
   * Takes these in the place of all that are here; where one of them is no good, those that are here stay.
   *
   * @param certificates by host, in lower case; `*` for names that no other has and clients that tell none
   * @returns what is odd about them
   * @throws SkerryError SKERRY_CERTIFICATE_REFUSED that says which and why
   */
  replace(certificates: Readonly<Record<string, CertificatePem>>): CertificateWarning[] {
    const warnings: CertificateWarning[] = [];
    const byHost = new Map<string, ChosenCertificate>();
    for (const [host, pem] of Object.entries(certificates)) {
      if (!hostPattern.test(host)) {
        throw new SkerryError("SKERRY_CERTIFICATE_REFUSED", "it is for what is no host's name", {
          where: host,
        });
      }
      for (const why of checkCertificate(host, pem)) warnings.push({ host, why });
      const { certPem, keyPem } = pem;
      byHost.set(host, { host, context: createSecureContext({ cert: certPem, key: keyPem }) });
    }
    this.#byHost = byHost;
    return warnings;
  }

  /** The one for a host, in lower case: its own, that of the closest wildcard, or the default; or none. */
  choose(host: string): ChosenCertificate | undefined {
    const own = this.#byHost.get(host);
    if (own !== undefined) return own;
    for (let dot = host.indexOf("."); dot !== -1; dot = host.indexOf(".", dot + 1)) {
      const wildcard = this.#byHost.get(`*${host.slice(dot)}`);
      if (wildcard !== undefined) return wildcard;
    }
    return this.#byHost.get("*");
  }
}
