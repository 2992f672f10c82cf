// The layer switch, remembered on this device.
import { setTheme, theme, type Theme } from './choices';
import { button, byId, h } from './dom';
import { t } from './i18n';

/** Groups of style layers that can be turned off; the map style names them. */
export const groups = ['borders', 'grids', 'compounds', 'buildings', 'booths', 'shelters', 'facilities', 'parking'] as const;
export type Group = (typeof groups)[number];

const offAtFirst: Group[] = ['grids'];
const key = 'gridatlas:layers';

export function readGroups(): Map<Group, boolean> {
  let saved: Partial<Record<Group, boolean>> = {};
  try {
    saved = JSON.parse(localStorage.getItem(key) ?? '{}');
  } catch {
    // A browser that keeps nothing shows what is usual.
  }
  return new Map(groups.map((g) => [g, saved[g] ?? !offAtFirst.includes(g)]));
}

function save(state: Map<Group, boolean>): void {
  try {
    localStorage.setItem(key, JSON.stringify(Object.fromEntries(state)));
  } catch {
    // As above.
  }
}

export function makeLayers(changed: (group: Group, on: boolean) => void): void {
  const open = byId<HTMLButtonElement>('layers-button');
  const panel = byId('layers');
  const state = readGroups();

  const toggle = (shown: boolean): void => {
    panel.hidden = !shown;
    open.setAttribute('aria-expanded', String(shown));
    (shown ? panel.querySelector<HTMLElement>('input') : open)?.focus();
  };
  const check = (group: Group): HTMLElement => {
    const input = h('input', { type: 'checkbox', checked: state.get(group) });
    input.addEventListener('change', () => {
      state.set(group, input.checked);
      save(state);
      changed(group, input.checked);
    });
    return h('label', { class: 'check' }, input, h('span', {}, t(`layers.${group}`)));
  };
  const colours = h('select', { id: 'theme' }, ...(['auto', 'day', 'night'] as Theme[]).map((value) => h('option', { value, selected: value === theme() }, t(`theme.${value}`))));
  colours.addEventListener('change', () => setTheme(colours.value as Theme));

  panel.replaceChildren(
    h('div', { class: 'head' }, h('h2', {}, t('layers')), button('×', () => toggle(false), { class: 'close', 'aria-label': t('card.close') })),
    h('div', { class: 'checks' }, ...groups.map(check)),
    h('label', { class: 'field' }, h('span', {}, t('layers.theme')), colours),
  );
  open.addEventListener('click', () => toggle(Boolean(panel.hidden)));
  panel.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    toggle(false);
  });
}
