package access

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestFactorVectors are those of RFC 6238, appendix B, for SHA-1; its codes have
// eight digits, of which ours are the last six.
func TestFactorVectors(t *testing.T) {
	const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" // 12345678901234567890
	for unix, want := range map[int64]string{
		59: "94287082", 1111111109: "07081804", 1111111111: "14050471",
		1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130",
	} {
		if got, err := Code(secret, time.Unix(unix, 0)); err != nil || got != want[2:] {
			t.Errorf("at %d: %s, %v, want %s", unix, got, err, want[2:])
		}
	}
}

func TestHash(t *testing.T) {
	h, ctx := NewHasher(), t.Context()
	hash, err := h.Hash(ctx, "五道庙小区东门北50米路西")
	if err != nil {
		t.Fatal(err)
	}
	again, _ := h.Hash(ctx, "五道庙小区东门北50米路西")
	if hash == again || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("%s and %s", hash, again)
	}
	for password, want := range map[string]bool{"五道庙小区东门北50米路西": true, "五道庙小区东门北50米路": false, "": false} {
		if got, err := h.Matches(ctx, hash, password); err != nil || got != want {
			t.Errorf("%q: %v, %v", password, got, err)
		}
	}
	if got, err := h.Matches(ctx, "", ""); got || err != nil {
		t.Errorf("no hash matches: %v, %v", got, err)
	}
	// The vector of the argon2 command line tool for "password" and "somesalt".
	const vector = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if got, err := h.Matches(ctx, vector, "password"); err != nil || !got {
		t.Errorf("the published vector: %v, %v", got, err)
	}
}

func TestCheckPassword(t *testing.T) {
	for password, fits := range map[string]bool{
		"five willows": true, "五道庙小区东门北五十米路": true, strings.Repeat("ab", 64): true,
		"": false, "elevenchars": false, strings.Repeat("ab", 65): false, "aaaaaaaaaaaaaaaa": false,
		"my name is Wang and so": false, "five willows\xff": false,
	} {
		if err := CheckPassword("wang", password); (err == nil) != fits {
			t.Errorf("%q: %v", password, err)
		}
	}
}

// TestFloodOfSignIns: two hash, sixteen wait, who comes later is told at once, and
// who leaves makes room.
func TestFloodOfSignIns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHasher()
		var leaves []func()
		for range hashesAtOnce {
			leave, err := h.turn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			leaves = append(leaves, leave)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var wait sync.WaitGroup
		for range hashesWaiting {
			wait.Go(func() {
				if _, err := h.turn(ctx); !errors.Is(err, context.Canceled) {
					t.Errorf("waiting ends with %v", err)
				}
			})
		}
		synctest.Wait()
		if _, err := h.turn(t.Context()); !errors.Is(err, ErrBusy) {
			t.Errorf("one too many: %v", err)
		}
		cancel()
		wait.Wait()
		leaves[0]()
		leave, err := h.turn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		leave()
		leaves[1]()
	})
}

// FuzzHash: no text makes the program stop or take more memory than a hash may.
func FuzzHash(f *testing.F) {
	for _, text := range []string{
		noPassword, "", "$", "$argon2id$v=19$m=4294967295,t=1,p=1$YWFhYWFhYWE$YWFhYWFhYWFhYWFhYWFhYQ",
		"$argon2id$v=19$m=8,t=0,p=1$YWFhYWFhYWE$YWFhYWFhYWFhYWFhYWFhYQ", "$argon2i$v=19$m=8,t=1,p=1$YWFhYWFhYWE$YWFh", "$argon2id$v=19$m=8,t=1,p=1$YWFhYWFhYWE$",
	} {
		f.Add(text)
	}
	h := NewHasher()
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parseHash(text)
		if err != nil {
			return
		}
		if p.memory > 256<<10 || p.passes < 1 || p.passes > 16 || p.lanes < 1 {
			t.Errorf("%q passes", text)
		}
		if p.memory < 1<<10 && p.passes < 3 {
			if right, err := h.Matches(t.Context(), text, "password"); right || err != nil {
				t.Errorf("%q: %v, %v", text, right, err)
			}
		}
	})
}
