/**
 * Certificates in a folder: `shop.example.crt` with `shop.example.key` for a host, `_.example.com.crt` for all names
 * below example.com, `default.crt` for clients that ask for none of these. What is in the folder is looked at now and
 * then; where it is wrong, what was read before stays.
 */

import { SkerryError } from "@skerry/base";
import {
  type CertificatePem,
  Certificates,
  listFolder,
  modifiedMs,
  readText,
} from "@skerry/platform";
import type { CertificatesByHost } from "./messages.ts";

const pemBytesMax = 1024 * 1024;

/** A folder of certificates. */
export class CertificateFiles {
  readonly #folder: string;
  #current: CertificatesByHost = {};
  /** The files' names and times, as they were read. */
  #seen = "";

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What was read last. */
  get current(): CertificatesByHost {
    return this.#current;
  }

  /**
   * Reads the folder, where anything in it has changed.
   *
   * @returns what is odd about what was read, for an operator; undefined where nothing has changed
   * @throws SkerryError that says which certificate is no good and why
   */
  async refresh(): Promise<string[] | undefined> {
    const names = (await listFolder(this.#folder)).filter((name) => /\.(crt|key)$/.test(name));
    const times = await Promise.all(names.map((name) => modifiedMs(`${this.#folder}/${name}`)));
    const seen = JSON.stringify([names, times]);
    if (seen === this.#seen) return undefined;
    // What is wrong is told once.
    this.#seen = seen;
    const found: Record<string, CertificatePem> = {};
    for (const name of names) {
      if (name.endsWith(".crt")) found[hostOf(name)] = await this.#read(name, names);
    }
    const warnings = new Certificates().replace(found);
    this.#current = found;
    return warnings.map(({ host, why }) => `${host}: ${why}`);
  }

  async #read(name: string, names: readonly string[]): Promise<CertificatePem> {
    const key = name.replace(/crt$/, "key");
    if (!names.includes(key)) {
      throw new SkerryError("SKERRY_CERTIFICATE_REFUSED", `its key is missing: ${key}`, {
        where: `${this.#folder}/${name}`,
      });
    }
    return {
      certPem: await readText(`${this.#folder}/${name}`, pemBytesMax),
      keyPem: await readText(`${this.#folder}/${key}`, pemBytesMax),
    };
  }
}

/** A file's name stands for a host. */
function hostOf(name: string): string {
  const host = name.replace(/\.crt$/, "").toLowerCase();
  return host === "default" ? "*" : host.replace(/^_\./, "*.");
}
