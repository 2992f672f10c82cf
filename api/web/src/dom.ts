// A short way to write elements. Text is always set as text, never as markup.

export const byId = <E extends HTMLElement>(id: string): E => {
  const element = document.getElementById(id);
  if (!element) throw new Error(`no element #${id}`);
  return element as E;
};

type Child = Node | string | null | undefined | false;
type Props = Record<string, string | number | boolean | null | undefined | EventListener>;

/** Makes an element: functions become listeners, true an empty attribute, false, null and undefined none. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

export const button = (label: string, click: () => void, props: Props = {}, ...children: Child[]): HTMLButtonElement =>
  h('button', { type: 'button', click, ...props }, label, ...children);

/** Runs a function after the calls have stopped for some milliseconds. */
export function debounce<A extends unknown[]>(ms: number, run: (...args: A) => void): (...args: A) => void {
  let timer = 0;
  return (...args) => {
    clearTimeout(timer);
    timer = window.setTimeout(() => run(...args), ms);
  };
}

/** Says something once, at the bottom of the page, and to screen readers. */
export function toast(text: string): void {
  const box = byId('toast');
  box.textContent = text;
  box.classList.add('shown');
  clearTimeout(Number(box.dataset.timer));
  box.dataset.timer = String(window.setTimeout(() => box.classList.remove('shown'), 4000));
}
