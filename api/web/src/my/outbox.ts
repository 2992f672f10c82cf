// What a worker submits, kept on the device until the server has it. Each draft has a
// key of its own under which the server carries it out once, so it is sent again until
// an answer has come, whatever became of the answers before. What the server refuses
// comes back to the worker, with what stands there now where somebody else was quicker.
//
// Nothing here knows the browser: where drafts are kept and how they are sent is handed
// in.

export interface Draft {
  readonly key: string;
  readonly account: string;
  readonly made: number; // in milliseconds since 1970
  readonly about: About;
  readonly request: Sent;
  readonly returned?: Returned; // it waits for the worker, not for the net
}

/** What a draft is about, for people. */
export interface About {
  readonly what: 'inspection' | 'figures' | 'visit' | 'look' | 'report';
  readonly layer: string;
  readonly id: number | string; // of a feature, or the receipt number of a report
  readonly title: string;
}

/** The request of a draft. */
export interface Sent {
  readonly method: 'POST' | 'PATCH';
  readonly path: string;
  readonly etag?: string; // the state that the worker saw
  readonly body: unknown;
}

/** Why a draft came back. */
export interface Returned {
  readonly status: number;
  readonly detail: string; // of the server, for those who are asked about it
  readonly theirs?: Theirs; // where somebody else changed it meanwhile
}

/** What stands there now, and the state to name for writing over it; none: it cannot be. */
export interface Theirs {
  readonly etag: string | null;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Keeps drafts on the device; the order is that in which they were put. */
export interface Keep {
  drafts(account: string): Promise<Draft[]>;
  put(draft: Draft): Promise<void>;
  remove(key: string): Promise<void>;
}

/** Sends drafts. A status of 0 is no answer at all. */
export interface Line {
  account(): string; // that is signed in now; empty: nobody
  send(draft: Draft): Promise<{ status: number; detail: string }>;
  stands(about: About): Promise<Theirs | null>;
}

/** How sending ended: all that waits was sent, there is no net, or one has to sign in. */
export type End = 'sent' | 'away' | 'signed-out';

// Answers after which the same request may go through later.
const later = (status: number): boolean => status === 0 || status === 408 || status === 425 || status === 429 || status >= 500;

export class Outbox {
  readonly account: string;
  #keep: Keep;
  #line: Line;
  #changed: () => void;
  #drafts: Draft[] = [];
  #sending: Promise<End> | null = null;
  #more = false; // something was added while sending

  /** Changed is called whenever drafts are other than before. */
  constructor(account: string, keep: Keep, line: Line, changed: () => void) {
    this.account = account;
    this.#keep = keep;
    this.#line = line;
    this.#changed = changed;
  }

  get waiting(): Draft[] {
    return this.#drafts.filter((draft) => !draft.returned);
  }

  get returned(): Draft[] {
    return this.#drafts.filter((draft) => draft.returned);
  }

  /** Reads what the device has of this account; another page may have written it. */
  async read(): Promise<void> {
    this.#drafts = await this.#keep.drafts(this.account);
    this.#changed();
  }

  /**
   * Keeps what was entered. It is on the device when this returns. It takes the place of
   * what still waits about the same: only visits add up.
   */
  async add(about: About, request: Sent): Promise<Draft> {
    const draft = { key: crypto.randomUUID(), account: this.account, made: Date.now(), about, request };
    await this.#keep.put(draft);
    const earlier = about.what === 'visit' ? [] : this.waiting.filter((one) => one.about.what === about.what && one.about.layer === about.layer && one.about.id === about.id);
    for (const one of earlier) await this.#keep.remove(one.key);
    this.#drafts = [...this.#drafts.filter((one) => !earlier.includes(one)), draft];
    this.#more = true;
    this.#changed();
    return draft;
  }

  /** Gives up what came back. */
  async drop(draft: Draft): Promise<void> {
    await this.#keep.remove(draft.key);
    this.#drafts = this.#drafts.filter((one) => one.key !== draft.key);
    this.#changed();
  }

  /** Writes what came back over what stands, now that the worker has seen that. */
  async insist(draft: Draft): Promise<void> {
    const etag = draft.returned?.theirs?.etag;
    await this.add(draft.about, etag ? { ...draft.request, etag } : draft.request);
    await this.drop(draft);
  }

  /** Sends what waits, the oldest first. Calls at the same time share one sending. */
  send(): Promise<End> {
    this.#sending ??= this.#sendAll().finally(() => (this.#sending = null));
    return this.#sending;
  }

  async #sendAll(): Promise<End> {
    do {
      this.#more = false;
      for (const draft of this.waiting) {
        if (!this.#drafts.includes(draft)) continue; // another took its place meanwhile
        // A draft is never sent in the name of whoever signed in since.
        if (this.#line.account() !== this.account) return 'signed-out';
        const { status, detail } = await this.#line.send(draft);
        if (status === 401) return 'signed-out';
        if (later(status)) return 'away';
        if (status >= 200 && status < 300) await this.drop(draft);
        else if (!(await this.#return(draft, status, detail))) return 'away';
      }
    } while (this.#more);
    return 'sent';
  }

  /** Gives a draft back to the worker; false: what stands there cannot be asked for now. */
  async #return(draft: Draft, status: number, detail: string): Promise<boolean> {
    let returned: Returned = { status, detail };
    if (status === 409 || status === 412) {
      try {
        const theirs = await this.#line.stands(draft.about);
        if (theirs) returned = { ...returned, theirs };
      } catch {
        return false; // it is sent again, and refused again
      }
    }
    const back = { ...draft, returned };
    await this.#keep.put(back);
    this.#drafts = this.#drafts.map((one) => (one.key === draft.key ? back : one));
    this.#changed();
    return true;
  }
}
