import fc from 'fast-check';

/** Letters of other scripts and shapes, gathered by eye; kept apart from the tables of the gate. */
const SHAPES: Readonly<Record<string, string>> = {
  a: 'аαɑａⓐ𝐚𝒶🅰ᴀΑАàâ4@', b: 'ЬβｂⓑВΒ𝐛8', c: 'сϲｃⓒСС𝐜ᴄ', d: 'ԁđｄⓓ𝐝ᴅ', e: 'еεｅⓔ𝐞ΕЕᴇéë3€', f: 'ƒｆⓕ𝐟ғ', g: 'ɡｇⓖ𝐠ɢց', h: 'һհｈⓗ𝐡НΗʜħ', i: 'іιｉⓘ𝐢ІΙıɪí1', j: 'јｊⓙ𝐣', k: 'κкｋⓚ𝐤КΚᴋ', l: 'ӏłｌⓛ𝐥ʟ1I', m: 'мｍⓜ𝐦МΜᴍ', n: 'пηɴｎⓝ𝐧ñΝո', o: 'оοσｏⓞ𝐨ОΟøօᴏö0', p: 'рρｐⓟ𝐩РΡᴘ', q: 'ԛｑⓠ𝐪', r: 'гʀｒⓡ𝐫', s: 'ѕｓⓢ𝐬ЅꜱŠ5$', t: 'тτｔⓣ𝐭ТΤᴛŧ7', u: 'υսｕⓤ𝐮ᴜüú', v: 'νѵｖⓥ𝐯ᴠ', w: 'ԝωｗⓦ𝐰ᴡ', x: 'хχｘⓧ𝐱ХΧ', y: 'уγｙⓨ𝐲УΥʏÿ', z: 'ζｚⓩ𝐳Ζᴢ2',
}; // prettier-ignore
const AFTER = [
  '',
  '',
  '',
  '\u200b',
  '\u200d',
  '\u2060',
  '\u00ad',
  '\ufe0f',
  '\u0301',
  '\u0336',
  '\u034f',
  '*',
  '_',
  '🙂',
  "'",
];
const GAPS = [
  ' ',
  '  ',
  '',
  '\u00a0',
  '\u2003',
  ' - ',
  '—',
  ', ',
  '. ',
  '\n',
  '\t',
  ' 🙂 ',
  ' … ',
  '/',
  ' \u200b ',
  '-',
  ':',
];

/** The phrase with every letter and every gap drawn differently; a person still reads and hears the same. */
export function hardDisguised(phrase: string): fc.Arbitrary<string> {
  return fc
    .array(fc.tuple(fc.nat(), fc.nat()), { minLength: phrase.length, maxLength: phrase.length })
    .map(choices =>
      [...phrase]
        .map((letter, index) => {
          const [shape, after] = choices[index] ?? [0, 0];
          if (letter === ' ') return GAPS[shape % GAPS.length] ?? ' ';
          const shapes = [letter, letter.toUpperCase(), ...(SHAPES[letter] ?? '')];
          return `${shapes[shape % shapes.length] ?? letter}${AFTER[after % AFTER.length] ?? ''}`;
        })
        .join(''),
    );
}
