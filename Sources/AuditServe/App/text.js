/* Words and numbers for an eye. */

/** Nearly every text is: the wall shows thousands a second. */
const plain = /^[ -~]*$/;
const named = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * Text with nothing in it that moves, hides or turns what stands beside it: control characters, marks of the writing
 * direction and lone surrogates are shown as `\n` or `\u{202e}`. A file name may hold any of them.
 */
export const shown = (text) => {
  const whole = String(text ?? "");
  if (plain.test(whole)) return whole;
  return whole.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (mark) => named[mark] ?? `\\u{${mark.codePointAt(0).toString(16)}}`);
};

/** Stand beside the words, so that colour is never alone. */
export const signs = { drop: "✕", review: "?", keep: "✓" };
export const verdicts = ["drop", "review", "keep"];
export const signed = (verdict) => (verdict in signs ? `${signs[verdict]} ${verdict}` : "–");

/** What groups are of. */
export const kinds = {
  same_file: "the same file", exact: "equal bytes", pixels: "equal pixels", near: "near copies", mirrored: "mirrored",
  run: "frames of one scene",
};

const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

export const count = (value) => (isNumber(value) ? value.toLocaleString("en-US") : "–");
export const plural = (value, one, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`;
export const fixed = (value, digits) => (isNumber(value) ? value.toFixed(digits) : "–");

/** Three digits that count, whatever the size. */
export const number = (value) => {
  if (!isNumber(value)) return "–";
  const size = Math.abs(value);
  if (Number.isInteger(value)) return count(value);
  if (size >= 1000) return count(Math.round(value));
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  if (size >= 1) return value.toFixed(2);
  return size >= 0.001 ? value.toFixed(size >= 0.1 ? 3 : 4) : value.toExponential(1);
};

/** A share as `14.2 %`; number and unit stay on one line. */
export const percent = (share, digits = 1) => (isNumber(share) ? `${(100 * share).toFixed(digits)}\u00A0%` : "–");

export const bytes = (value) => {
  if (!isNumber(value)) return "–";
  const units = ["B", "kB", "MB", "GB"];
  const at = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  return `${at === 0 ? value : (value / 1000 ** at).toFixed(1)}\u00A0${units[at]}`;
};

/** `2026-11-29 08:24` of a time in ISO 8601. */
export const time = (value) => {
  const text = String(value ?? "");
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) ? `${text.slice(0, 10)} ${text.slice(11, 16)}` : text || "–";
};

export const fileName = (path) => path.slice(path.lastIndexOf("/") + 1);
