// One table of texts for server and script; T is checked by the compiler.
import texts from './texts.json';
import { config } from './config';

export type Text = keyof typeof texts;

export const languageIndex = config.language === 'en' ? 1 : 0;

/** Returns a text with {name} replaced by values. */
export function t(key: Text, values: Record<string, string | number> = {}): string {
  let text: string = texts[key][languageIndex]!;
  for (const [name, value] of Object.entries(values)) {
    text = text.replaceAll(`{${name}}`, String(value));
  }
  return text;
}

/** Picks from a pair of titles as the catalog holds them. */
export const pick = (titles: readonly [string, string]): string => titles[languageIndex];

/** A title inside a sentence: English ones lose their capital. */
export const inSentence = (title: string): string => (languageIndex === 1 ? title.toLowerCase() : title);

/** What stands between two sentences. */
export const sentenceGap = languageIndex === 1 ? ' ' : '';
