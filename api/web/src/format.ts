// Figures and hours in words.
import { languageIndex, t } from './i18n';

const thousands = new Intl.NumberFormat(languageIndex === 1 ? 'en' : 'zh-CN', { maximumFractionDigits: 1 });

export const number = (n: number): string => thousands.format(n);

/** Whole minutes, rounded up: nobody is late by a rounding; never under one. */
export const minutes = (n: number): number => Math.max(1, Math.ceil(n - 0.05));

/** Metres to the next ten; kilometres from one on. */
export const metres = (n: number): string =>
  n < 995 ? t('metres.n', { n: Math.max(10, Math.round(n / 10) * 10) }) : t('kilometres.n', { n: (n / 1000).toFixed(1) });

/** A measured length: decimetres under 100 m, whole metres to a kilometre, then tens of metres. */
export const length = (m: number): string =>
  m < 999.5 ? t('metres.n', { n: m < 99.95 ? m.toFixed(1) : Math.round(m) }) : t('kilometres.n', { n: (m / 1000).toFixed(m < 99_995 ? 2 : 1) });

/** A measured area: square metres under a hectare, hectares under a square kilometre. */
export function area(squareMetres: number): string {
  if (squareMetres < 9999.5) return t('area.metres', { n: number(squareMetres < 99.95 ? +squareMetres.toFixed(1) : Math.round(squareMetres)) });
  if (squareMetres < 999_950) return t('area.hectares', { n: (squareMetres / 10_000).toFixed(2) });
  return t('area.kilometres', { n: (squareMetres / 1_000_000).toFixed(2) });
}

/** The same in mu (亩), 15 to the hectare: by them land is known here. */
export function mu(squareMetres: number): string {
  const n = (squareMetres * 15) / 10_000;
  return t('area.mu', { n: n < 0.995 ? n.toFixed(2) : n < 99.95 ? n.toFixed(1) : number(Math.round(n)) });
}

/** Dates in a sentence are not broken at the end of a line. */
export const unbroken = (text: string): string => text.replace(/\b(\d{4})-(\d\d)-(\d\d)\b/g, '$1\u2011$2\u2011$3');

const locale = languageIndex === 1 ? 'en-GB' : 'zh-CN';

/** A day, given as 2026-12-03. */
export const day = (date: string): string => new Date(`${date}T12:00`).toLocaleDateString(locale, { month: languageIndex === 1 ? 'short' : 'long', day: 'numeric' });

/** Time of day, with the date where that is not today. */
export function moment(when: Date): string {
  const clock = when.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit', hour12: false });
  if (when.toDateString() === new Date().toDateString()) return clock;
  return `${when.toLocaleDateString(locale, { month: languageIndex === 1 ? 'short' : 'long', day: 'numeric' })} ${clock}`;
}

const days: Record<string, string> = { Mo: '周一', Tu: '周二', We: '周三', Th: '周四', Fr: '周五', Sa: '周六', Su: '周日', PH: '节假日', SH: '学校假期' };

/** Opening hours as people here write them; the English form is the record itself, spaced. */
export function hours(text: string): string {
  if (languageIndex === 1) return text.replaceAll(',', ', ').replaceAll('-', '–').replace('24/7', 'day and night');
  return text
    .replace('24/7', '全天')
    .replace(/\b(Mo|Tu|We|Th|Fr|Sa|Su|PH|SH)\b/g, (day) => days[day]!)
    .replace(/(周.|节假日)-(周.)/g, '$1至$2')
    .replace(/(周.|节假日),\s?(?=周|节)/g, '$1、')
    .replace(/\b(off|closed)\b/g, '休息')
    .replaceAll(';', '；')
    .replace(/(\d),\s?(\d)/g, '$1、$2')
    .replace(/；\s+/g, '；');
}
