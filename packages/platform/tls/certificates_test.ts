import assert from "node:assert/strict";
import { isSkerryError } from "@skerry/base";
import { type CertificatePem } from "./certificate_check.ts";
import { Certificates } from "./certificates.ts";
import {
  oldCertificate,
  otherCertificate,
  shopCertificate,
  weakCertificate,
  wildCertificate,
} from "./testing/certificates.ts";

Deno.test("a host gets its own certificate, else that of the closest wildcard, else the default", () => {
  const certificates = new Certificates();
  assert.equal(certificates.choose("shop.test"), undefined);
  certificates.replace({
    "shop.test": shopCertificate,
    "*.test": wildCertificate,
    "*.wild.test": wildCertificate,
    "a.b.wild.test": otherCertificate,
  });
  const table: readonly (readonly [host: string, expected: string | undefined])[] = [
    ["shop.test", "shop.test"],
    ["other.test", "*.test"],
    ["test", undefined],
    ["wild.test", "*.test"],
    ["a.wild.test", "*.wild.test"],
    ["a.b.wild.test", "a.b.wild.test"],
    ["b.wild.test", "*.wild.test"],
    ["c.b.wild.test", "*.wild.test"],
    ["test.example", undefined],
    ["*.test", "*.test"],
    ["", undefined],
    ["..", undefined],
  ];
  for (const [host, expected] of table) {
    assert.equal(certificates.choose(host)?.host, expected, host);
  }
  certificates.replace({ "*": shopCertificate, "shop.test": shopCertificate });
  for (const host of ["", "a.wild.test", "*", "..", "\0"]) {
    assert.equal(certificates.choose(host)?.host, "*");
  }
  assert.equal(certificates.choose("shop.test")?.host, "shop.test");
});

Deno.test("what could serve nobody is refused with the reason, and what was there stays", () => {
  const certificates = new Certificates();
  certificates.replace({ "shop.test": shopCertificate });
  const { certPem, keyPem } = shopCertificate;
  const table: readonly (readonly [pem: CertificatePem, why: RegExp])[] = [
    [{ certPem: "", keyPem }, /the certificate is not PEM/],
    [{ certPem: keyPem, keyPem }, /the certificate is not PEM/],
    [{ certPem: certPem.replace("MII", "!!!"), keyPem }, /certificate 1 of the chain cannot/],
    [{ certPem: certPem + certPem.replace("MII", "AAA"), keyPem }, /certificate 2 of the chain/],
    [{ certPem, keyPem: "" }, /the key is not PEM/],
    [{ certPem, keyPem: certPem }, /the key is not PEM/],
    [{ certPem, keyPem: keyPem.replaceAll("PRIVATE", "ENCRYPTED PRIVATE") }, /encrypted/],
    [{ certPem, keyPem: keyPem.replace("MIG", "AAA") }, /the key cannot be read/],
    [{ certPem, keyPem: otherCertificate.keyPem }, /the key is not the certificate's/],
    [{ certPem: otherCertificate.certPem + certPem, keyPem }, /the key is not the certificate's/],
    [weakCertificate, /fewer than 2048 bits/],
  ];
  for (const [pem, why] of table) {
    assert.throws(
      () => certificates.replace({ "other.test": otherCertificate, "shop.test": pem }),
      (error) =>
        isSkerryError(error) && error.code === "SKERRY_CERTIFICATE_REFUSED" &&
        error.where === "shop.test" && why.test(error.message),
      String(why),
    );
  }
  for (
    const host of ["", "SHOP.test", "a b", "a.*.test", "*.", "-a.test", "a..b", "*.*.test", "a:1"]
  ) {
    assert.throws(() => certificates.replace({ [host]: shopCertificate }), /no host's name/, host);
  }
  assert.equal(certificates.choose("shop.test")?.host, "shop.test");
  assert.equal(certificates.choose("other.test"), undefined);
});

Deno.test("what is odd is taken and told: dates, and a certificate for somebody else", () => {
  const certificates = new Certificates();
  assert.deepEqual(
    certificates.replace({
      "shop.test": shopCertificate,
      "*.wild.test": wildCertificate,
      "*": otherCertificate,
    }),
    [],
  );
  const warnings = certificates.replace({ "old.test": oldCertificate, "a.test": shopCertificate });
  assert.deepEqual(warnings.map(({ host, why }) => `${host} ${why.slice(0, 14)}`), [
    "old.test it has expired",
    "a.test it does not na",
  ]);
});
