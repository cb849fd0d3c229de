/** Gives bytes to the shell as a download; the person chooses where. */
export type SaveFile = (name: string, base64: string, mimeType: string) => void;

/** A link is clicked that nobody sees: both shells then ask where to save, as for any download. */
export const savePageFile: SaveFile = (name, base64, mimeType) => {
  const bytes = Uint8Array.from(atob(base64), char => char.charCodeAt(0));
  const url = URL.createObjectURL(new Blob([bytes], { type: mimeType }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  // The download has its own hold on the bytes by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
};

/** In steps, because a call cannot take a whole file as arguments. */
const STEP_BYTES = 0x8000;

export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += STEP_BYTES)
    text += String.fromCharCode(...bytes.subarray(at, at + STEP_BYTES));
  return btoa(text);
}
