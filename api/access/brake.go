package access

import (
	"fmt"
	"sync"
	"time"
)

// brake makes guessing slow. Whoever missed an account some times waits, each time
// longer; so does whoever missed many accounts from one network. It is kept in the
// memory of a node: a node more is as many guesses more.
type brake struct {
	now      func() time.Time
	mu       sync.Mutex
	accounts map[string]misses
	networks map[string]misses
}

type misses struct {
	count int
	next  time.Time // when the next try is let through
	last  time.Time
}

// What is let through freely, how long one waits at most, after how long all is
// forgotten. An account waits a minute at most, or strangers could lock its owner
// out; an office behind one address misses more often than one person.
const (
	freeAccount, longestAccount = 5, time.Minute
	freeNetwork, longestNetwork = 30, 15 * time.Minute
	brakeForgets                = time.Hour
	brakeMost                   = 50_000 // entries of each kind, some 5 MB
)

func newBrake(now func() time.Time) *brake {
	return &brake{now: now, accounts: map[string]misses{}, networks: map[string]misses{}}
}

// TooSoon says that the next try must wait.
type TooSoon struct{ Wait time.Duration }

func (t *TooSoon) Error() string {
	return fmt.Sprintf("too many failed sign-ins: the next try is let through in %s", t.Wait.Round(time.Second))
}

// allow says whether a try is let through.
func (b *brake) allow(account, network string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	if wait := max(b.accounts[account].next.Sub(now), b.networks[network].next.Sub(now)); wait > 0 {
		return &TooSoon{Wait: wait}
	}
	return nil
}

// missed notes a try that failed.
func (b *brake) missed(account, network string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	note(b.accounts, account, b.now(), freeAccount, longestAccount)
	if network != "" { // where it is not known from where, all would wait for each other
		note(b.networks, network, b.now(), freeNetwork, longestNetwork)
	}
}

// met forgets what an account missed; a network keeps its misses, or one account of
// one's own would free the way to all others.
func (b *brake) met(account string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.accounts, account)
}

func note(of map[string]misses, key string, now time.Time, free int, longest time.Duration) {
	if len(of) >= brakeMost {
		for other, m := range of {
			if now.Sub(m.last) > brakeForgets {
				delete(of, other)
			}
		}
		if len(of) >= brakeMost {
			clear(of) // a flood from everywhere: better forgetful than full
		}
	}
	m := of[key]
	if now.Sub(m.last) > brakeForgets {
		m = misses{}
	}
	m.count++
	m.last = now
	if over := m.count - free; over > 0 {
		m.next = now.Add(min(longest, time.Second<<min(over-1, 20)))
	}
	of[key] = m
}
