// A form that asks why: usual reasons to press, a field, and a button that does
// nothing until there is a reason. It is folded until it is wanted.
import { button, h } from '../dom';
import { t, type Text } from '../i18n';

interface Asking {
  fold: Text; // what opens it
  why: Text;
  missing: Text;
  go: Text;
  reasons: readonly Text[];
}

export function reasonForm({ fold, why, missing, go, reasons }: Asking, decide: (reason: string) => void): HTMLElement {
  const note = h('textarea', { rows: 2, maxlength: 600, 'aria-label': t(why) });
  const fault = h('p', { class: 'fault', role: 'alert' });
  const chips = reasons.map((reason) =>
    button(t(reason), () => {
      note.value = t(reason);
      note.focus();
    }, { class: 'chip' }),
  );
  const send = (): void => {
    const reason = note.value.trim();
    if (reason !== '') {
      decide(reason);
      return;
    }
    fault.textContent = t(missing);
    note.focus();
  };
  return h('details', { class: 'more drop' }, h('summary', {}, t(fold)), h('p', {}, t(why)), h('div', { class: 'chips' }, ...chips), note, fault, button(t(go), send, { class: 'outlined' }));
}
