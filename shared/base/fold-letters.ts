/** Characters that look like a Latin letter and are none, or are one with a stroke. What NFKD folds already is not repeated. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  // Cyrillic
  а: 'a', в: 'b', с: 'c', е: 'e', ё: 'e', н: 'h', і: 'i', ї: 'i', ј: 'j', к: 'k', м: 'm', о: 'o', р: 'p', ѕ: 's', т: 't', у: 'y', х: 'x', ԁ: 'd', ԛ: 'q', ԝ: 'w',
  г: 'r', п: 'n', һ: 'h', ӏ: 'l', ѵ: 'v', ѡ: 'w', ш: 'w', ь: 'b', ғ: 'f', ԍ: 'g', ӕ: 'ae', ә: 'e', є: 'e', ү: 'y', ұ: 'y', ӈ: 'h', қ: 'k', ҝ: 'k', ҟ: 'k', ҙ: 'z',
  // Greek
  α: 'a', β: 'b', ε: 'e', η: 'n', ι: 'i', κ: 'k', μ: 'u', ν: 'v', ο: 'o', ρ: 'p', τ: 't', υ: 'u', χ: 'x', γ: 'y', ω: 'w', σ: 'o', ς: 's', ζ: 'z', δ: 'd', λ: 'l', ϳ: 'j', ϲ: 'c',
  // Armenian, Cherokee in small letters, and the like
  օ: 'o', ս: 'u', ո: 'n', հ: 'h', յ: 'j', ց: 'g', զ: 'q', ա: 'w', ք: 'p', ꭰ: 'd', ꭱ: 'r', ꭲ: 't', ꭺ: 'a', ꭻ: 'j', ꭼ: 'e', ꮋ: 'h', ꮤ: 'w', ꮇ: 'm', ꮐ: 'g', ꮓ: 'z', ꮩ: 'v', ꮪ: 's', ꮮ: 'l', ꮯ: 'c', ꮲ: 'p', ꮶ: 'k', ꮃ: 'w', ꭵ: 'i',
  // Latin beyond what NFKD folds: strokes, ligatures, small capitals, phonetic letters
  ı: 'i', ȷ: 'j', ɡ: 'g', ø: 'o', ł: 'l', đ: 'd', ħ: 'h', ŧ: 't', ƒ: 'f', ß: 'ss', æ: 'ae', œ: 'oe', þ: 'p', ð: 'd', ɑ: 'a', ɐ: 'a', ɛ: 'e', ə: 'e', ɩ: 'i', ɪ: 'i', ɔ: 'o', ɵ: 'o', ʀ: 'r', ɴ: 'n', ʏ: 'y', ʜ: 'h', ʟ: 'l', ɢ: 'g', ʙ: 'b', ꜱ: 's', ᴀ: 'a', ᴄ: 'c', ᴅ: 'd', ᴇ: 'e', ᴊ: 'j', ᴋ: 'k', ᴍ: 'm', ᴏ: 'o', ᴘ: 'p', ᴛ: 't', ᴜ: 'u', ᴠ: 'v', ᴡ: 'w', ᴢ: 'z', ꜰ: 'f', ɓ: 'b', ƈ: 'c', ɗ: 'd', ɠ: 'g', ɦ: 'h', ɨ: 'i', ƙ: 'k', ɫ: 'l', ɱ: 'm', ɲ: 'n', ƞ: 'n', ƥ: 'p', ʠ: 'q', ɾ: 'r', ʂ: 's', ƭ: 't', ʉ: 'u', ʋ: 'v', ƶ: 'z',
}; // prettier-ignore

/** Capitals that look like another letter than their small form does. */
const CAPITALS: Readonly<Record<string, string>> = {
  Η: 'h',
  Μ: 'm',
  Ν: 'n',
  Υ: 'y',
  Ρ: 'p',
  Χ: 'x',
  Ϲ: 'c',
  Λ: 'a',
  Σ: 'e',
};

/** Letters in a box, which no normal form takes out of it: the first code point of each alphabet. */
const BOXED = [0x1f130, 0x1f150, 0x1f170];

/** One code point as Latin small letters where it looks like them; otherwise decomposed, in lower case. */
export function foldLetters(point: string): string {
  const code = point.codePointAt(0) ?? 0;
  for (const first of BOXED)
    if (code >= first && code < first + 26) return String.fromCharCode(97 + code - first);
  let out = '';
  for (const part of point.normalize('NFKD')) {
    const capital = CAPITALS[part];
    if (capital !== undefined) out += capital;
    else for (const small of part.toLowerCase().normalize('NFKD')) out += LOOKALIKES[small] ?? small;
  }
  return out;
}

/** The digit a decimal digit of any script stands for, or `null`. Decimal digits of a script are ten in a row. */
export function asciiDigit(point: string): string | null {
  if (point >= '0' && point <= '9') return point;
  if (!/^\p{Nd}$/u.test(point)) return null;
  const code = point.codePointAt(0) ?? 0;
  let zero = code;
  while (zero > code - 9 && /^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String((code - zero) % 10);
}
