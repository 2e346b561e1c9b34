/** MARC writes twenty languages with a bibliographic code (ISO 639-2/B) that Intl does not know. */
const bibliographic: Record<string, string> = {
  alb: 'sq', arm: 'hy', baq: 'eu', bur: 'my', chi: 'zh', cze: 'cs', dut: 'nl', fre: 'fr', geo: 'ka', ger: 'de',
  gre: 'el', ice: 'is', mac: 'mk', mao: 'mi', may: 'ms', per: 'fa', rum: 'ro', slo: 'sk', tib: 'bo', wel: 'cy',
}; // prettier-ignore

/** The BCP 47 tag for a MARC language code, for `lang` attributes. */
export function languageTag(code: string): string {
  try {
    // Intl shortens what it knows: "jpn" is "ja" in HTML.
    return Intl.getCanonicalLocales(bibliographic[code] ?? code)[0] ?? code;
  } catch {
    return 'und';
  }
}

/** A language's name as `locale` says it, or the code itself when nobody knows it. */
export function languageName(code: string, locale: string): string {
  try {
    const tag = languageTag(code);
    return tag === 'und' ? code : (new Intl.DisplayNames(locale, { type: 'language' }).of(tag) ?? code);
  } catch {
    return code;
  }
}
