package walk

import "context"

// single lets one at a time work something out that others then share.
type single chan struct{}

func newSingle() single { return make(single, 1) }

// wait waits for the turn, or for the end of ctx, whose error it then returns.
func (t single) wait(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t single) done() { <-t }
