import { decodeBase64Bytes } from "../resources/core/secret/base64";
import { hostRank } from "./ingress-match";

/** What a client looks at in a certificate. */
export interface Certificate {
  readonly commonName: string;
  /** Subject alternative names; modern clients look at nothing else. */
  readonly names: readonly string[];
  readonly selfSigned: boolean;
  /** Whose certificate this is and who signed it, in DER; absent on a proxy's stock certificate. */
  readonly subject?: string;
  readonly issuer?: string;
  /** Who signed the certificates that were sent along with it. */
  readonly signers?: readonly string[];
}

interface Element {
  readonly tag: number;
  readonly from: number;
  readonly to: number;
  readonly next: number;
}

/** One DER element at `at`; undefined where the bytes end too soon. */
function elementAt(bytes: readonly number[], at: number): Element | undefined {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) return undefined;
  let length = first;
  let from = at + 2;
  if (first > 127) {
    const count = first & 127;
    if (count === 0 || count > 3) return undefined;
    length = 0;
    for (let i = 0; i < count; i += 1) length = length * 256 + (bytes[from + i] ?? 0);
    from += count;
  }
  return from + length > bytes.length ? undefined : { tag, from, to: from + length, next: from + length };
}

function childrenOf(bytes: readonly number[], parent: Element): readonly Element[] {
  const children: Element[] = [];
  for (let at = parent.from; at < parent.to; ) {
    const child = elementAt(bytes, at);
    if (!child || child.next > parent.to) return children;
    children.push(child);
    at = child.next;
  }
  return children;
}

const asText = (bytes: readonly number[], { from, to }: Element): string => bytes.slice(from, to).map((byte) => String.fromCharCode(byte)).join("");
const COMMON_NAME = "\u0055\u0004\u0003";
const ALTERNATIVE_NAMES = "\u0055\u001d\u0011";

/**
 * Reads the first certificate of a PEM text: subject, alternative names, and whether it signed itself. Undefined when it is none.
 * Never throws. Upstream: RFC 5280; dates and signatures are not looked at.
 *
 * @simplified Certificates never expire, and no authority is trusted but those a client is told to trust.
 */
export function readCertificate(pem: string): Certificate | undefined {
  const body = BLOCK.exec(pem)?.[1];
  return body === undefined ? undefined : decoded(body);
}

/** Every certificate of a PEM text that can be read, 16 at most: a chain, or a bundle of authorities. */
export function readCertificates(pem: string): readonly Certificate[] {
  return pem.split("-----END CERTIFICATE-----", 17).slice(0, 16).flatMap((part) => readCertificate(`${part}-----END CERTIFICATE-----`) ?? []);
}

/** What a server shows: the first certificate of its file, and who signed those after it. Undefined when it holds none. */
export function shownBy(pem: string): Certificate | undefined {
  const [first, ...others] = readCertificates(pem);
  return first && { ...first, signers: others.flatMap(({ issuer }) => issuer ?? []) };
}

const BLOCK = /-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/;

function decoded(body: string): Certificate | undefined {
  if (body.length > 65_536) return undefined;
  const bytes = decodeBase64Bytes(body.replace(/\s+/g, ""));
  const whole = elementAt(bytes, 0);
  const signed = whole && childrenOf(bytes, whole)[0];
  if (!signed) return undefined;
  const parts = childrenOf(bytes, signed);
  // An explicit version comes first, then number, algorithm, issuer, validity and subject.
  const skip = parts[0]?.tag === 0xa0 ? 1 : 0;
  const [issuer, subject] = [parts[skip + 2], parts[skip + 4]];
  if (!issuer || !subject) return undefined;
  const names = parts.filter(({ tag }) => tag === 0xa3).flatMap((wrapper) => alternativeNames(bytes, wrapper));
  const [signer, own] = [asText(bytes, issuer), asText(bytes, subject)];
  return { commonName: commonName(bytes, subject), names, selfSigned: signer === own, subject: own, issuer: signer };
}

function commonName(bytes: readonly number[], subject: Element): string {
  for (const set of childrenOf(bytes, subject)) {
    for (const pair of childrenOf(bytes, set)) {
      const [type, value] = childrenOf(bytes, pair);
      if (type && value && asText(bytes, type) === COMMON_NAME) return asText(bytes, value);
    }
  }
  return "";
}

function alternativeNames(bytes: readonly number[], wrapper: Element): readonly string[] {
  const extensions = childrenOf(bytes, wrapper).flatMap((list) => childrenOf(bytes, list));
  return extensions.flatMap((extension) => {
    const parts = childrenOf(bytes, extension);
    const [type] = parts;
    const value = parts.at(-1);
    if (!type || !value || asText(bytes, type) !== ALTERNATIVE_NAMES) return [];
    const list = elementAt(bytes, value.from);
    return (list ? childrenOf(bytes, list) : []).flatMap((name) => (name.tag === 0x82 ? [asText(bytes, name)] : name.tag === 0x87 && name.to - name.from === 4 ? [bytes.slice(name.from, name.to).join(".")] : []));
  });
}

/** Does the certificate name this host? A wildcard covers one label. */
export function certificateCovers({ names }: Certificate, host: string): boolean {
  return names.some((name) => hostRank(name, host) > 1);
}
