const TABLE = table();

/**
 * CRC-32 (IEEE 802.3) of an ASCII text as 8 hex digits. Finds every damage that lies within 32 neighbouring bits,
 * so every damaged character, and any other with a probability of 1 - 2^-32.
 */
export function crc32(text: string): string {
  let crc = 0xffffffff;
  for (let i = 0; i < text.length; i += 1) crc = TABLE[(crc ^ text.charCodeAt(i)) & 0xff]! ^ (crc >>> 8);
  return ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, '0');
}

function table(): Uint32Array {
  const entries = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
    entries[byte] = crc;
  }
  return entries;
}
