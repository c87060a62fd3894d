/** SPDY/3.1 frames as port-forward needs them: streams opened by the client, data both ways. */
import { createInflate, type Inflate } from "node:zlib";

const WORDS = (
  "options|head|post|put|delete|trace|accept|accept-charset|accept-encoding|accept-language|accept-ranges|age|allow|authorization|cache-control|connection|" +
  "content-base|content-encoding|content-language|content-length|content-location|content-md5|content-range|content-type|date|etag|expect|expires|from|host|" +
  "if-match|if-modified-since|if-none-match|if-range|if-unmodified-since|last-modified|location|max-forwards|pragma|proxy-authenticate|proxy-authorization|" +
  "range|referer|retry-after|server|te|trailer|transfer-encoding|upgrade|user-agent|vary|via|warning|www-authenticate|method|get|status|200 OK|version|" +
  "HTTP/1.1|url|public|set-cookie|keep-alive|origin"
).split("|");
const TAIL =
  "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 Non-Authoritative Information204 No Content" +
  "301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable" +
  "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif," +
  "application/xml,application/xhtml+xml,text/plain,text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.";

function counted(text: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, Buffer.from(text, "ascii")]);
}

/** The dictionary both ends of SPDY/3 compress headers with. */
const DICTIONARY = Buffer.concat([...WORDS.map(counted), Buffer.from(TAIL, "ascii")]);

/** Largest frame taken; a client that sends more is cut off. */
const MOST_FRAME = 4 * 1024 * 1024;
const MOST_HEADERS = 16 * 1024;

/** What a client's frames say. */
export interface SpdyEvents {
  opened(stream: number, headers: Readonly<Record<string, string>>): void;
  data(stream: number, content: Buffer, last: boolean): void;
  reset(stream: number): void;
  /** The bytes make no sense: nothing more will be read. */
  broken(reason: string): void;
}

/** One end of a SPDY connection. */
export interface SpdyConnection {
  /** Takes bytes as they come, frame borders or not. */
  receive(bytes: Buffer): void;
  reply(stream: number): void;
  send(stream: number, content: Buffer, last: boolean): void;
  close(): void;
}

/** How a zlib stream with the dictionary begins, and a count of no headers in a stored block, then the empty one that flushes: nothing needs compressing. */
const ZLIB_HEAD = Buffer.from([0x78, 0xf9, 0xe3, 0xc6, 0xa7, 0xc2]);
const NO_HEADERS = Buffer.from([0x00, 0x04, 0x00, 0xfb, 0xff, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff]);

const SYN_STREAM = 1;
const SYN_REPLY = 2;
const RST_STREAM = 3;
const PING = 6;
const FIN = 1;

function control(type: number, flags: number, body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(0x8003, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt32BE((flags << 24) | body.length, 4);
  return Buffer.concat([head, body]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Name/value pairs of a header block; undefined when it is cut short. */
function readPairs(block: Buffer): Readonly<Record<string, string>> | undefined {
  const pairs: Record<string, string> = {};
  if (block.length < 4) return undefined;
  let at = 4;
  for (let count = block.readUInt32BE(0); count > 0; count -= 1) {
    const texts: string[] = [];
    for (let i = 0; i < 2; i += 1) {
      if (at + 4 > block.length) return undefined;
      const size = block.readUInt32BE(at);
      if (at + 4 + size > block.length) return undefined;
      texts.push(block.subarray(at + 4, at + 4 + size).toString("utf8"));
      at += 4 + size;
    }
    pairs[texts[0] ?? ""] = texts[1] ?? "";
  }
  return pairs;
}

/** Inflates header blocks of one direction, in order: the compression remembers what came before. */
class HeaderReader {
  private readonly inflate: Inflate = createInflate({ dictionary: DICTIONARY, maxOutputLength: MOST_HEADERS * 64 });
  private chunks: Buffer[] = [];

  constructor(private readonly failed: (reason: string) => void) {
    this.inflate.on("data", (chunk: Buffer) => this.chunks.push(chunk));
    this.inflate.on("error", (error) => failed(error.message));
  }

  read(block: Buffer, done: (block: Buffer) => void): void {
    this.inflate.write(block, () => {
      const whole = Buffer.concat(this.chunks);
      this.chunks = [];
      if (whole.length > MOST_HEADERS) this.failed("headers too large");
      else done(whole);
    });
  }

  close(): void {
    this.inflate.destroy();
  }
}

/** Speaks SPDY over any ordered way of sending bytes. */
export function spdyConnection(write: (bytes: Buffer) => void, events: SpdyEvents): SpdyConnection {
  let pending: Buffer = Buffer.alloc(0);
  let waiting = false;
  let over = false;
  let replied = false;
  const broken = (reason: string): void => {
    if (over) return;
    over = true;
    events.broken(reason);
  };
  const headers = new HeaderReader(broken);

  const frame = (head: Buffer, body: Buffer): void => {
    const flags = head[4] ?? 0;
    if ((head[0] ?? 0) < 0x80) return events.data(head.readUInt32BE(0) & 0x7fffffff, body, (flags & FIN) !== 0);
    const type = head.readUInt16BE(2);
    if (type === PING) return write(control(PING, 0, body));
    if (type === RST_STREAM && body.length >= 4) return events.reset(body.readUInt32BE(0) & 0x7fffffff);
    if (type !== SYN_STREAM) return;
    if (body.length < 10) return broken("SYN_STREAM too short");
    const stream = body.readUInt32BE(0) & 0x7fffffff;
    waiting = true;
    headers.read(body.subarray(10), (block) => {
      waiting = false;
      const pairs = readPairs(block);
      if (!pairs) return broken("header block cut short");
      events.opened(stream, pairs);
      if ((flags & FIN) !== 0) events.data(stream, Buffer.alloc(0), true);
      drain();
    });
  };
  const drain = (): void => {
    while (!over && !waiting && pending.length >= 8) {
      const size = pending.readUInt32BE(4) & 0xffffff;
      if (size > MOST_FRAME) return broken("frame too large");
      if (pending.length < 8 + size) return;
      const head = pending.subarray(0, 8);
      const body = pending.subarray(8, 8 + size);
      pending = pending.subarray(8 + size);
      frame(head, body);
    }
  };
  return {
    receive(bytes) {
      if (over) return;
      pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
      if (pending.length > MOST_FRAME * 2) return broken("too much at once");
      drain();
    },
    reply(stream) {
      write(control(SYN_REPLY, 0, Buffer.concat([uint32(stream), replied ? NO_HEADERS : ZLIB_HEAD, replied ? Buffer.alloc(0) : NO_HEADERS])));
      replied = true;
    },
    send(stream, content, last) {
      const head = Buffer.alloc(8);
      head.writeUInt32BE(stream, 0);
      head.writeUInt32BE(((last ? FIN : 0) << 24) | content.length, 4);
      write(Buffer.concat([head, content]));
    },
    close() {
      over = true;
      headers.close();
    },
  };
}
