package trace

import (
	"context"
	"fmt"
	"time"
)

// Tests that wait for another goroutine end by these limits, with a message that names the wait, and not by the limit of the whole run.
const (
	AnswerLimit = 10 * time.Second // of one answer, wake-up or closing
	CrowdLimit  = 60 * time.Second // of many clients at the same time
)

// Within runs a function beside the test and fails the test when the function takes longer than the limit. The function must not call
// Fatalf. A function that hangs keeps its goroutine, and the test ends all the same.
func Within(t Tester, limit time.Duration, wait string, f func()) {
	t.Helper()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		f()
	}()
	select {
	case <-ended:
	case <-time.After(limit):
		t.Fatalf("still waiting after %v for %s", limit, wait)
	}
}

// WaitUntil waits for another goroutine to reach a state.
func WaitUntil(t Tester, wait string, reached func() bool) {
	t.Helper()
	for end := time.Now().Add(AnswerLimit); !reached(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("still waiting after %v for %s", AnswerLimit, wait)
		}
	}
}

// SubmitCommands submits commands and returns their answers.
func (fx *Fixture) SubmitCommands(cmds ...Command) []Result {
	fx.T.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), AnswerLimit)
	defer cancel()
	results := fx.Writer.Submit(ctx, cmds...)
	fx.checkInTime(ctx, fmt.Sprintf("the answers to %d commands", len(cmds)))
	return results
}

// WaitCurrent waits until the ledger has everything that is in the store.
func (fx *Fixture) WaitCurrent() error {
	fx.T.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), AnswerLimit)
	defer cancel()
	err := fx.Writer.WaitCurrent(ctx)
	fx.checkInTime(ctx, "the writer to read the end of the log")
	return err
}

// WaitForSeq waits until the ledger has come to a record.
func (fx *Fixture) WaitForSeq(seq int64) error {
	fx.T.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), AnswerLimit)
	defer cancel()
	err := fx.Writer.WaitForSeq(ctx, seq)
	fx.checkInTime(ctx, fmt.Sprintf("record %d", seq))
	return err
}

func (fx *Fixture) checkInTime(ctx context.Context, wait string) {
	fx.T.Helper()
	if ctx.Err() != nil {
		fx.T.Fatalf("still waiting after %v for %s", AnswerLimit, wait)
	}
}

// CloseWriter closes the writer and waits for its goroutine.
func (fx *Fixture) CloseWriter() {
	fx.T.Helper()
	Within(fx.T, AnswerLimit, "the writer to close", fx.Writer.Close)
}

// WaitForQueue waits until so many commands stand in the writer's queue.
func (fx *Fixture) WaitForQueue(n int) {
	fx.T.Helper()
	WaitUntil(fx.T, fmt.Sprintf("%d commands in the queue", n), func() bool { return fx.Writer.QueueLength() == n })
}

// SyncNow makes the writer look for records of other servers, and waits for the end of that look.
func (fx *Fixture) SyncNow() {
	fx.T.Helper()
	w := fx.Writer
	want := w.requestSync()
	for end := time.After(AnswerLimit); ; {
		w.mu.Lock()
		moved, ended := w.contactChanged, w.syncsEnded
		w.mu.Unlock()
		if ended >= want {
			return
		}
		select {
		case <-moved:
		case <-end:
			fx.T.Fatalf("still waiting after %v for the writer to read the end of the log", AnswerLimit)
		}
	}
}
