/** A certificate authority of our own, and what it signs. */
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import { isIP } from "node:net";
import { bits, boolean, integer, octets, oid, sequence, setOf, tagged, time, utf8String } from "./der";

/** A certificate with its private key, both PEM. */
export interface Identity {
  readonly certificate: string;
  readonly key: string;
}

/** What a server over TLS needs, and what its clients must trust. */
export interface ServerIdentity extends Identity {
  readonly authority: string;
}

const ECDSA_SHA256 = sequence(oid("1.2.840.10045.4.3.2"));
const YEARS = 10;

function nameOf(common: string): Buffer {
  return sequence(setOf(sequence(oid("2.5.4.3"), utf8String(common))));
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(value));
}

function publicBytes(key: KeyObject): Buffer {
  return key.export({ type: "spki", format: "der" });
}

/** Identifies a key, as RFC 5280 suggests: SHA-1 over the bits of the public key. */
function keyIdentifier(key: KeyObject): Buffer {
  return createHash("sha1").update(publicBytes(key)).digest();
}

interface Wanted {
  readonly subject: string;
  readonly issuer: string;
  readonly key: KeyObject;
  readonly signer: KeyObject;
  readonly signerPublic: KeyObject;
  readonly extensions: readonly Buffer[];
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

function certificate({ subject, issuer, key, signer, signerPublic, extensions }: Wanted): string {
  const now = new Date();
  const until = new Date(now);
  until.setUTCFullYear(until.getUTCFullYear() + YEARS);
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([0x40]), randomBytes(15)])),
    ECDSA_SHA256,
    nameOf(issuer),
    sequence(time(new Date(now.getTime() - 3_600_000)), time(until)),
    nameOf(subject),
    publicBytes(key),
    tagged(
      0xa3,
      sequence(
        extension("2.5.29.14", false, octets(keyIdentifier(key))),
        extension("2.5.29.35", false, sequence(tagged(0x80, keyIdentifier(signerPublic)))),
        ...extensions,
      ),
    ),
  );
  return pem("CERTIFICATE", sequence(body, ECDSA_SHA256, bits(sign("sha256", body, signer))));
}

function address(ip: string): Buffer {
  if (isIP(ip) === 4) return Buffer.from(ip.split(".").map(Number));
  const [head = "", tail] = ip.split("::");
  const groups = (text: string): readonly number[] => (text === "" ? [] : text.split(":").map((group) => parseInt(group, 16)));
  const front = groups(head);
  const back = tail === undefined ? [] : groups(tail);
  const all = [...front, ...Array.from({ length: 8 - front.length - back.length }, () => 0), ...back];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

const ISSUER = "kubernetes";

/** A new authority and a server it vouches for, by names and addresses. */
export function createServerIdentity(hosts: readonly string[]): ServerIdentity {
  const authority = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const server = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const signed = { issuer: ISSUER, signer: authority.privateKey, signerPublic: authority.publicKey };
  const root = certificate({
    ...signed,
    subject: ISSUER,
    key: authority.publicKey,
    extensions: [extension("2.5.29.19", true, sequence(boolean(true))), extension("2.5.29.15", true, bits(Buffer.from([0x06]), 1))],
  });
  const names = hosts.map((host) => (isIP(host) ? tagged(0x87, address(host)) : tagged(0x82, Buffer.from(host, "ascii"))));
  const leaf = certificate({
    ...signed,
    subject: "kube-apiserver",
    key: server.publicKey,
    extensions: [
      extension("2.5.29.19", true, sequence()),
      extension("2.5.29.15", true, bits(Buffer.from([0x80]), 7)),
      extension("2.5.29.37", false, sequence(oid("1.3.6.1.5.5.7.3.1"))),
      extension("2.5.29.17", false, sequence(...names)),
    ],
  });
  return { certificate: leaf, key: server.privateKey.export({ type: "pkcs8", format: "pem" }).toString(), authority: root };
}
