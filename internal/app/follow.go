package app

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/yousang/yousang/internal/trace"
)

// follower writes lineage documents 谱系档案 behind the log of a shared store, where other programs read the documents. The follower gives
// way to the writer: while commands wait the follower only watches, so that documents lag a little under load and never slow a report down.
// A store of one program gets no documents (docs/adr/0016).
type follower struct {
	app   *App
	kick  chan struct{}
	quit  chan struct{}
	done  chan struct{}
	once  sync.Once
	mu    sync.Mutex
	upTo  int64 // every document is at least this new
	begun bool
}

const (
	followBatch = 256
	followPause = 200 * time.Millisecond
)

func newFollower(ctx context.Context, a *App) (*follower, error) {
	head, err := a.Store.LineageHead(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the lineage documents' head: %w", err)
	}
	return &follower{app: a, kick: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{}),
		upTo: min(head, a.Ledger.Head())}, nil
}

func (f *follower) wake() {
	select {
	case f.kick <- struct{}{}:
	default:
	}
}

func (f *follower) start() {
	f.begun = true
	go f.run()
	f.wake()
}

func (f *follower) stop() {
	if !f.begun {
		return
	}
	f.once.Do(func() { close(f.quit) })
	<-f.done
}

func (f *follower) run() {
	defer close(f.done)
	for {
		select {
		case <-f.quit:
			return
		case <-f.kick:
		}
		if !f.pause(chooseDelay()) {
			return
		}
		if err := f.catchUp(); err != nil {
			f.app.log.Error("write lineage documents", "err", err)
			f.pause(time.Second)
			f.wake()
		}
	}
}

// chooseDelay is how long a burst of changes may gather. The servers of a store choose different delays: the first server writes for all.
func chooseDelay() time.Duration { return followPause + rand.N(5*followPause) }

// pause waits, and reports whether the follower goes on.
func (f *follower) pause(d time.Duration) bool {
	select {
	case <-f.quit:
		return false
	case <-time.After(d):
		return true
	}
}

// catchUp writes the documents of all lots touched since the last round, and only then moves the mark.
func (f *follower) catchUp() error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-f.quit:
			cancel()
		case <-ctx.Done():
		}
	}()
	head := f.app.Ledger.Head()
	there, err := f.app.Store.LineageHead(ctx)
	if err != nil {
		return fmt.Errorf("read the lineage documents' head: %w", err)
	}
	from := max(f.Head(), min(there, head))
	if from == head { // another server has written the documents
		f.reached(head)
		return nil
	}
	lots := f.app.Ledger.ListTouchedSince(from)
	for len(lots) > 0 {
		for f.app.QueueLength() > 0 {
			if !f.pause(followPause) {
				return nil
			}
		}
		n := min(followBatch, len(lots))
		if err := f.write(ctx, lots[:n]); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		lots = lots[n:]
		if !f.pause(time.Millisecond) {
			return nil
		}
	}
	if err := f.app.Store.SetLineageHead(ctx, head); err != nil && ctx.Err() == nil {
		return fmt.Errorf("move the lineage documents' head: %w", err)
	}
	f.reached(head)
	return nil
}

func (f *follower) reached(head int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.upTo = head
}

func (f *follower) write(ctx context.Context, lots []string) error {
	docs := make([]trace.LineageDoc, 0, len(lots))
	for _, id := range lots {
		seq, ok := f.app.Ledger.PageSeq(id)
		if !ok {
			continue
		}
		body, err := lineageBody(f.app.Ledger, id)
		if err != nil {
			return err
		}
		docs = append(docs, trace.LineageDoc{Lot: id, AsOf: seq, Body: body})
	}
	if err := f.app.Store.PutLineage(ctx, docs); err != nil {
		return fmt.Errorf("put lineage documents: %w", err)
	}
	return nil
}

// lineageWalk bounds the walk behind a document's origin shares.
const lineageWalk = 5_000

// Head is the sequence number every document is at least as new as.
func (f *follower) Head() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.upTo
}

// LineageHead is how far the lineage documents have followed the log: the ledger's head where this program writes none, since then no
// document waits to be written.
func (a *App) LineageHead() int64 {
	if a.follow == nil {
		return a.Ledger.Head()
	}
	return a.follow.Head()
}
