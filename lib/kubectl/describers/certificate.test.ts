import { expect, test } from "vitest";
import { testBench } from "../testing/bench";

const der = (tag: number, ...parts: readonly (number | readonly number[])[]): readonly number[] => {
  const content = parts.flat();
  return [tag, ...(content.length < 128 ? [content.length] : [0x81, content.length]), ...content];
};
const text = (value: string): readonly number[] => [...Buffer.from(value)];
const part = (code: number, value: string): readonly number[] => der(0x31, der(0x30, der(0x06, [0x55, 0x04, code]), der(0x0c, text(value))));
const names = der(0x30, der(0x82, text("a.b")), der(0x87, [10, 0, 0, 1]));
const extensions = der(0xa0, der(0x30, der(0x06, [0x2a]), der(0x31, der(0x30, der(0x30, der(0x06, [0x55, 0x1d, 0x11]), der(0x04, names))))));
const info = der(0x30, der(0x02, [0]), der(0x30, part(0x0a, "g"), part(0x0a, "h"), part(0x03, "bob")), der(0x30), extensions);
const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${Buffer.from(der(0x30, info)).toString("base64")}\n-----END CERTIFICATE REQUEST-----\n`;
const csr = (name: string, request: string): string =>
  `apiVersion: certificates.k8s.io/v1\nkind: CertificateSigningRequest\nmetadata: {name: ${name}}\nspec: {request: ${Buffer.from(request).toString("base64")}, signerName: kubernetes.io/kube-apiserver-client, usages: [client auth]}\n`;

test("a certificate request is described by what it asks for", () => {
  const { run } = testBench({ "bob.yaml": csr("bob", pem) });
  run("create -f bob.yaml");
  const { stdout } = run("describe csr bob");
  expect(stdout).toMatch(/\nSigner: +kubernetes\.io\/kube-apiserver-client\nStatus: +Pending\nSubject:\n {2}Common Name: +bob\n {2}Serial Number: +\n {2}Organization: +g\n +h\nSubject Alternative Names:\n +DNS Names: +a\.b\n +IP Addresses: +10\.0\.0\.1\nEvents: +<none>\n$/);
  expect(run("certificate approve -f bob.yaml").stdout).toBe("certificatesigningrequest.certificates.k8s.io/bob approved\n");
  expect(run("certificate deny bob").stderr).toBe('error: certificate signing request "bob" is already Approved\n');
  expect(run("certificate deny bob none").stderr).toBe('certificate signing request "bob" is already Approved\nError from server (NotFound): certificatesigningrequests.certificates.k8s.io "none" not found\n');
});

test("one that cannot be read is described field by field", () => {
  const { run } = testBench({ "x.yaml": csr("x", "-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n") });
  run("create -f x.yaml");
  expect(run("describe csr x").stdout).toContain("API Version:  certificates.k8s.io/v1\n");
});
