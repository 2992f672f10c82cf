// What a script adds to a master's card: without a network a press is kept on the page,
// which says so, and is sent when there is one. A press is carried out once, however
// often it is sent, and of two the later one counts.

/** Something that was pressed and whose answer has not come. */
interface Press {
  readonly deed: string; // what stands on the button
  readonly body: string;
  readonly at: number;
}

const patienceMs = 15_000;
const againMs = 10_000;
const longestMs = 10 * 60_000; // later it may not be true any more

let waiting: Press | null = null;
let asking: AbortController | null = null;
let presses = 0;

const main = document.getElementById('main')!;
const part = (id: string): HTMLElement => document.getElementById(id)!;
const isLate = (press: Press): boolean => Date.now() - press.at > longestMs;

main.addEventListener('submit', (event) => {
  const form = event.target as HTMLFormElement;
  const pressed = event.submitter as HTMLButtonElement | null;
  event.preventDefault();
  const body = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)]));
  if (pressed?.name) body.set(pressed.name, pressed.value);
  body.set('once', `${body.get('once')}.${++presses}`);
  waiting = { deed: (pressed?.querySelector('b') ?? pressed)?.textContent?.trim() ?? '', body: body.toString(), at: Date.now() };
  void send();
});

main.addEventListener('click', (event) => {
  const { id } = event.target as HTMLElement;
  if (id === 'again' && waiting) {
    waiting = { ...waiting, at: Date.now() };
    void send();
  } else if (id === 'drop') {
    asking?.abort();
    waiting = null;
    show();
  }
});

addEventListener('beforeunload', (event) => {
  if (waiting) event.preventDefault();
});
addEventListener('online', tryAgain);
addEventListener('visibilitychange', tryAgain);
setInterval(tryAgain, againMs);

function tryAgain(): void {
  if (!waiting || asking) return;
  if (isLate(waiting)) show();
  else if (document.visibilityState === 'visible') void send();
}

async function send(): Promise<void> {
  const press = waiting!;
  asking?.abort();
  const mine = (asking = new AbortController());
  const timer = setTimeout(() => mine.abort(), patienceMs);
  show();
  let answer: Document | null = null;
  try {
    const response = await fetch(location.pathname, { method: 'POST', headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: press.body, signal: mine.signal });
    answer = new DOMParser().parseFromString(await response.text(), 'text/html');
  } catch {
    // No answer: it is shown below.
  }
  clearTimeout(timer);
  if (asking !== mine) return; // something else was pressed meanwhile
  asking = null;
  const page = answer?.querySelector('main.master'); // a hotel's network answers with a page of its own
  if (page && waiting === press) {
    waiting = null;
    main.replaceChildren(...page.childNodes);
    scrollTo(0, 0);
  }
  show();
}

/** Says whether something is being sent, or was not. */
function show(): void {
  if (!document.getElementById('unsent')) return; // the card has ended
  const unsent = waiting !== null && !asking;
  main.setAttribute('aria-busy', String(asking !== null));
  part('sending').hidden = !asking;
  part('unsent').hidden = !unsent;
  if (!waiting || !unsent) return;
  const { says, late } = part('unsent').dataset;
  part('unsent').querySelector('.fault')!.textContent = (isLate(waiting) ? late! : says!).replace('{deed}', waiting.deed);
  document.querySelector('.done .notice')?.remove(); // it speaks of the press before
}

export {};
