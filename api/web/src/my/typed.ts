// What is typed into a form and not saved yet: a phone shuts pages that nobody looks at.
// It is kept by account and by screen, and shown to that account alone.

const longestMs = 12 * 3_600_000; // of yesterday nobody knows what it was about

const keyOf = (account: string): string => `my typed ${account} ${location.hash}`;

/** Puts what was typed before into a form of this screen, and keeps what is typed from now on. */
export function keepTyped(form: HTMLFormElement, account: string): void {
  const key = keyOf(account);
  const fields = [...form.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input, textarea')];
  const isChosen = (field: HTMLInputElement | HTMLTextAreaElement): field is HTMLInputElement => field.type === 'radio' || field.type === 'checkbox';
  const state = (): [string, string | boolean][] => fields.map((field) => [isChosen(field) ? `${field.name} ${field.value}` : field.name, isChosen(field) ? field.checked : field.value]);
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? 'null') as { at: number; typed: [string, string | boolean][] } | null;
    const before = new Map(kept && Date.now() - kept.at < longestMs ? kept.typed : []);
    for (const field of fields) {
      const value = before.get(isChosen(field) ? `${field.name} ${field.value}` : field.name);
      if (isChosen(field) && typeof value === 'boolean') field.checked = value;
      else if (!isChosen(field) && typeof value === 'string') field.value = value;
    }
  } catch {
    // A browser that keeps nothing, or something else under our name.
  }
  form.addEventListener('input', () => {
    try {
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), typed: state() }));
    } catch {
      // It is on the screen, at least.
    }
  });
}

/** Forgets what was typed on this screen: it was saved. */
export function forgetTyped(account: string): void {
  try {
    localStorage.removeItem(keyOf(account));
  } catch {
    // Nothing was kept.
  }
}
