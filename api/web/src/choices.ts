// Letter size, colours and the style of the map: kept in a cookie, so that the
// server writes the next page in them. The language is a plain link to the same state.
import { byId } from './dom';
import { t } from './i18n';

export type Theme = 'auto' | 'day' | 'night';
export const mapStyles = ['standard', 'planner', 'emergency'] as const;
export type MapStyle = (typeof mapStyles)[number];

const remember = (name: string, value: string): void => {
  document.cookie = `${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax`;
  const query = new URLSearchParams(location.search);
  if (!query.has(name)) return;
  query.set(name, value);
  history.replaceState(null, '', `?${query}`);
};

/** What the server reads on other pages; a page without one reads it itself. */
export function recall(): void {
  const kept = new Map(document.cookie.split('; ').map((pair) => pair.split('=') as [string, string]));
  if (kept.get('big') === '1') root.classList.add('big');
  const colours = kept.get('theme');
  if (colours === 'day' || colours === 'night') root.dataset.theme = colours;
  const style = kept.get('style');
  if (style === 'planner' || style === 'emergency') root.dataset.style = style;
}

const root = document.documentElement;
const dark = matchMedia('(prefers-color-scheme: dark)');

export const theme = (): Theme => (root.dataset.theme as Theme | undefined) ?? 'auto';

export const isDark = (): boolean => theme() === 'night' || (theme() === 'auto' && dark.matches);

export function setTheme(value: Theme): void {
  if (value === 'auto') delete root.dataset.theme;
  else root.dataset.theme = value;
  remember('theme', value);
  for (const listener of listeners) listener();
}

export const mapStyle = (): MapStyle => (root.dataset.style as MapStyle | undefined) ?? 'standard';

export function setMapStyle(value: MapStyle): void {
  if (value === 'standard') delete root.dataset.style;
  else root.dataset.style = value;
  remember('style', value);
  for (const listener of listeners) listener();
}

/** The name under which the server has the style of the map, in the colours of the page. */
export function styleName(): string {
  if (mapStyle() === 'standard') return isDark() ? 'night' : 'day';
  return isDark() ? `${mapStyle()}-night` : mapStyle();
}

const listeners: (() => void)[] = [];

/** Calls back when the page turned light or dark, or the map is to take another style. */
export function onLook(listener: () => void): void {
  listeners.push(listener);
  dark.addEventListener('change', listener);
}

export function makeChoices(resized: () => void): void {
  makeBig(resized);
  makeLanguage();
}

/** The language is a plain link to the same state, whatever that is by now. */
export function makeLanguage(): void {
  const language = byId<HTMLAnchorElement>('language');
  language.addEventListener('click', (event) => {
    event.preventDefault();
    const query = new URLSearchParams(location.search);
    query.set('lang', new URL(language.href).searchParams.get('lang') ?? 'zh');
    location.search = query.toString().replaceAll('%2C', ',').replaceAll('%2F', '/');
  });
}

export function makeBig(resized: () => void): void {
  const big = byId<HTMLAnchorElement>('big');
  const show = (): void => {
    const on = root.classList.contains('big');
    big.setAttribute('aria-pressed', String(on));
    big.textContent = t(on ? 'big.off' : 'big');
  };
  const flip = (event: Event): void => {
    event.preventDefault();
    root.classList.toggle('big');
    remember('big', root.classList.contains('big') ? '1' : '0');
    show();
    resized();
  };
  big.addEventListener('click', flip);
  big.addEventListener('keydown', (event) => {
    if (event.key === ' ') flip(event); // it is a button now
  });
  show();
}
