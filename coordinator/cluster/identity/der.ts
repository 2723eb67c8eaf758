// The few forms of DER that a certificate of ours consists of. Only writing: what is read, OpenSSL reads.

/** One element: its tag, its length, its content. */
export function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const long = length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...(length < 128 ? [length] : long)]), content]);
}

export function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

/** A bit string of whole bytes. */
export function bits(content: Buffer): Buffer {
  return tagged(0x03, Buffer.concat([Buffer.from([0]), content]));
}

/** `1.2.840.10045.4.3.2` */
export function objectId(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): readonly number[] {
  const low = value % 128;
  const high = Math.floor(value / 128);
  return high === 0 ? [low] : [...base128(high).map((each) => each | 128), low];
}

/** A time to the second, in the shorter form until 2049 as certificates want it; `atMs` in milliseconds since 1970. */
export function time(atMs: number): Buffer {
  const text = `${new Date(atMs).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
  return text < '2050' ? tagged(0x17, Buffer.from(text.slice(2))) : tagged(0x18, Buffer.from(text));
}

/** An extension of a certificate, with its value in DER. */
export function extension(id: string, isCritical: boolean, value: Buffer): Buffer {
  const critical = isCritical ? [tagged(0x01, Buffer.from([0xff]))] : [];
  return sequence(objectId(id), ...critical, tagged(0x04, value));
}

/** A subject or an issuer; what is undefined is left out. */
export function distinguishedName(commonName: string | undefined, organization?: string): Buffer {
  return sequence(...attribute('2.5.4.10', organization), ...attribute('2.5.4.3', commonName));
}

function attribute(id: string, text: string | undefined): readonly Buffer[] {
  if (text === undefined) return [];
  return [tagged(0x31, sequence(objectId(id), tagged(0x0c, Buffer.from(text))))];
}

/** In PEM form, as a certificate. */
export function certificatePem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
