// The layer switch, remembered on this device.
import { categories } from './categories';
import { config } from './config';
import { mapStyle, mapStyles, onLook, setMapStyle, setTheme, theme, type MapStyle, type Theme } from './choices';
import { button, byId, h } from './dom';
import { t, type Text } from './i18n';

/** Groups of style layers that can be turned off; the map style names them. */
export const groups = ['borders', 'grids', 'compounds', 'buildings', 'booths', 'shelters', 'facilities', 'parking'] as const;

/** Categories of facilities that can be turned off one by one. */
const facilityGroups = categories.filter((c) => c.kinds);

const underlay = 'underlay'; // the group of somebody else's map
const offAtFirst = (): string[] => (mapStyle() === 'planner' ? [underlay] : ['grids', underlay]);
const key = 'gridatlas:layers';

/** What is on: groups of style layers by name, categories of facilities as facilities.NAME. */
export function readGroups(): Map<string, boolean> {
  const saved = readSaved();
  const names = [...groups, underlay, ...facilityGroups.map((c) => `facilities.${c.id}`)];
  return new Map(names.map((name) => [name, saved[name] ?? !offAtFirst().includes(name)]));
}

/** What was turned on or off here. */
function readSaved(): Record<string, boolean> {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '{}');
  } catch {
    return {}; // a browser that keeps nothing shows what is usual
  }
}

function save(name: string, on: boolean): void {
  try {
    localStorage.setItem(key, JSON.stringify({ ...readSaved(), [name]: on }));
  } catch {
    // As above.
  }
}

/** Kinds of facilities that are turned off. */
export function hiddenKinds(): string[] {
  const on = readGroups();
  return facilityGroups.filter((c) => !on.get(`facilities.${c.id}`)).flatMap((c) => c.kinds!);
}

export function makeLayers(changed: () => void): void {
  const open = byId<HTMLButtonElement>('layers-button');
  const panel = byId('layers');
  const state = readGroups();
  const boxes = new Map<string, HTMLInputElement>();

  const toggle = (shown: boolean): void => {
    panel.hidden = !shown;
    open.setAttribute('aria-expanded', String(shown));
    (shown ? panel.querySelector<HTMLElement>('select') : open)?.focus();
  };
  const check = (name: string, title: Text): HTMLElement => {
    const input = h('input', { type: 'checkbox', checked: state.get(name) });
    input.addEventListener('change', () => {
      state.set(name, input.checked);
      save(name, input.checked);
      credit();
      changed();
    });
    boxes.set(name, input);
    return h('label', { class: 'check' }, input, h('span', {}, t(title)));
  };
  const style = h('select', { id: 'style' }, ...mapStyles.map((value) => h('option', { value, selected: value === mapStyle() }, t(`style.${value}`))));
  style.addEventListener('change', () => setMapStyle(style.value as MapStyle));
  const colours = h('select', { id: 'theme' }, ...(['auto', 'day', 'night'] as Theme[]).map((value) => h('option', { value, selected: value === theme() }, t(`theme.${value}`))));
  colours.addEventListener('change', () => setTheme(colours.value as Theme));
  onLook(() => {
    for (const [name, on] of readGroups()) {
      state.set(name, on);
      const box = boxes.get(name);
      if (box) box.checked = on;
    }
  });

  panel.replaceChildren(
    h('div', { class: 'head' }, h('h2', {}, t('layers')), button('×', () => toggle(false), { class: 'close', 'aria-label': t('card.close') })),
    h('label', { class: 'field' }, h('span', {}, t('layers.style')), style),
    h('div', { class: 'checks' }, ...groups.map((g) => check(g, `layers.${g}`))),
    h('h3', {}, t('layers.kinds')),
    h('div', { class: 'checks' }, ...facilityGroups.map((c) => check(`facilities.${c.id}`, c.title))),
    ...(config.underlay ? [check(underlay, 'layers.underlay'), h('p', { class: 'caption' }, t('underlay.note', { host: new URL(config.underlay.origin).host }))] : []),
    h('label', { class: 'field' }, h('span', {}, t('layers.theme')), colours),
  );
  const credit = (): void => {
    if (config.underlay) byId('underlay-credit').hidden = !state.get(underlay);
  };
  if (config.underlay) byId('underlay-credit').textContent = t('underlay.credit', { name: config.underlay.attribution.replace(/^©\s*/, '') });
  credit();
  open.addEventListener('click', () => toggle(Boolean(panel.hidden)));
  panel.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    toggle(false);
  });
}
