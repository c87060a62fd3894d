import { decodeBase64, decodeBase64Bytes, humanDuration, utf8Text } from "@/lib/engine";
import type { Scene } from "./describer";
import { writeEvents } from "./events";
import { describeAnything } from "./generic";
import { longTime } from "./paper";
import { jsonOf, textOf, valueOf } from "./read";

/** A value in DER: its tag, its bytes, and what lies in it where it is made of others. */
interface Value {
  readonly tag: number;
  readonly bytes: readonly number[];
  readonly inner: readonly Value[];
}

const MADE = 0x20;

/** The values one after another; undefined when the bytes are none. Upstream: encoding/asn1. */
function valuesIn(bytes: readonly number[]): readonly Value[] | undefined {
  const found: Value[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] ?? 0;
    let size = bytes[at + 1] ?? 0;
    at += 2;
    if (size > 0x84) return undefined;
    if (size >= 0x80) {
      const digits = size - 0x80;
      size = bytes.slice(at, at + digits).reduce((sum, byte) => sum * 256 + byte, 0);
      at += digits;
    }
    if (at + size > bytes.length) return undefined;
    const content = bytes.slice(at, at + size);
    const inner = (tag & MADE) === 0 ? [] : valuesIn(content);
    if (inner === undefined) return undefined;
    found.push({ tag, bytes: content, inner });
    at += size;
  }
  return found;
}

const SEQUENCE = 0x30;
const hex = (bytes: readonly number[]): string => bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
const text = (value: Value | undefined): string => utf8Text(Uint8Array.from(value?.bytes ?? []));

/** Parts of a subject by the end of their object identifier, 2.5.4.x, with their titles in the order they are told. */
const PARTS: readonly (readonly [code: string, title: string])[] = [["55040a", "Organization"], ["55040b", "Organizational Unit"], ["550406", "Country"], ["550407", "Locality"], ["550408", "Province"], ["550409", "StreetAddress"], ["550411", "PostalCode"]];
const COMMON_NAME = "550403";
const SERIAL_NUMBER = "550405";
const ALTERNATIVES = "551d11";
const OTHER_NAMES: readonly (readonly [tag: number, title: string])[] = [[0x82, "DNS Names"], [0x81, "Email Addresses"], [0x86, "URIs"], [0x87, "IP Addresses"]];

interface Asked {
  /** Values of the subject by object identifier. */
  part(code: string): readonly string[];
  /** Other names by tag. */
  other(tag: number): readonly string[];
}

function alternatives(value: Value): readonly Value[] {
  const [id] = value.inner;
  if (id !== undefined && hex(id.bytes) === ALTERNATIVES) return valuesIn(value.inner.at(-1)?.bytes ?? [])?.[0]?.inner ?? [];
  return value.inner.flatMap(alternatives);
}

function addressText(bytes: readonly number[]): string {
  if (bytes.length === 4) return bytes.join(".");
  return Array.from({ length: 8 }, (_, i) => (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16)).join(":");
}

/** What a certificate request asks for; undefined when it is none. Upstream: x509.ParseCertificateRequest. */
function askedFor(request: string): Asked | undefined {
  const body = /-----BEGIN CERTIFICATE REQUEST-----([\s\S]*?)-----END CERTIFICATE REQUEST-----/.exec(decodeBase64(request))?.[1];
  const [root] = (body === undefined ? undefined : valuesIn([...decodeBase64Bytes(body.replace(/\s/g, ""))])) ?? [];
  const info = root?.inner[0];
  const subject = info?.inner[1];
  if (info === undefined || subject?.tag !== SEQUENCE) return undefined;
  const pairs = subject.inner.flatMap((set) => set.inner).map(({ inner }) => [hex(inner[0]?.bytes ?? []), text(inner[1])] as const);
  const others = info.inner.slice(3).flatMap(alternatives);
  return {
    part: (code) => pairs.filter(([found]) => found === code).map(([, value]) => value),
    other: (tag) => others.filter((value) => value.tag === tag).map((value) => (tag === 0x87 ? addressText(value.bytes) : text(value))),
  };
}

/** Describes a certificate request. Upstream: describeCertificateSigningRequest. */
export function describeCertificateRequest(scene: Scene): void {
  const { object, paper, type, now } = scene;
  const csr = jsonOf(object);
  const asked = askedFor(textOf(csr, "spec.request"));
  if (asked === undefined) return describeAnything(scene);
  paper.line(0, `Name:\t${object.metadata.name}`);
  paper.labels("Labels", object.metadata.labels);
  paper.annotations("Annotations", object.metadata.annotations);
  paper.line(0, `CreationTimestamp:\t${longTime(object.metadata.creationTimestamp)}`);
  paper.line(0, `Requesting User:\t${textOf(csr, "spec.username")}`);
  paper.line(0, `Signer:\t${textOf(csr, "spec.signerName")}`);
  const seconds = valueOf(csr, "spec.expirationSeconds");
  if (typeof seconds === "number") paper.line(0, `Requested Duration:\t${humanDuration(seconds)}`);
  paper.line(0, `Status:\t${type.definition.columns.find(({ name }) => name === "Condition")?.value(object, now) ?? ""}`);
  paper.line(0, "Subject:");
  const tell = (title: string, values: readonly string[]): void => {
    if (values.length > 0) paper.raw(`\t${title}:\t${values.join("\n\t\t")}\n`);
  };
  tell("Common Name", [asked.part(COMMON_NAME).at(-1) ?? ""]);
  tell("Serial Number", [asked.part(SERIAL_NUMBER).at(-1) ?? ""]);
  for (const [code, title] of PARTS) tell(title, asked.part(code));
  if (OTHER_NAMES.some(([tag]) => asked.other(tag).length > 0)) paper.line(0, "Subject Alternative Names:");
  for (const [tag, title] of OTHER_NAMES) tell(title, asked.other(tag));
  if (scene.events) writeEvents(scene);
}
