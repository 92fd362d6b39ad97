package trace_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/yousang/yousang/internal/store/sqlite"
	. "github.com/yousang/yousang/internal/trace"
)

// networkFault is what may happen between a server and the store.
type networkFault int

const (
	noFault            networkFault = iota
	requestLost                     // nothing arrives
	answerLost                      // the record is written, and the answer is lost
	arrivesLate                     // the answer is an error, and the record arrives later
	otherServerBetween              // another server gets in after the first records
)

var errConnection = errors.New("connection reset")

// flakyStore is a server's connection to the store.
type flakyStore struct {
	Store
	mu             sync.Mutex
	nextFault      networkFault // for the next append
	unreachable    bool         // nothing is answered
	delayedAppends []func() error
	appendBetween  func() // between
}

func (l *flakyStore) Append(ctx context.Context, after int64, recs []Record) error {
	l.mu.Lock()
	next, dead := l.nextFault, l.unreachable
	l.nextFault = noFault
	l.mu.Unlock()
	switch {
	case dead || next == requestLost:
		return errConnection
	case next == arrivesLate:
		l.mu.Lock()
		defer l.mu.Unlock()
		l.delayedAppends = append(l.delayedAppends, func() error { return l.Store.Append(context.Background(), after, recs) })
		return errConnection
	case next == otherServerBetween && len(recs) > 1:
		half := len(recs) / 2
		if err := l.Store.Append(ctx, after, recs[:half]); err != nil {
			return err
		}
		l.appendBetween()
		return l.Store.Append(ctx, after+int64(half), recs[half:])
	}
	if err := l.Store.Append(ctx, after, recs); err != nil || next != answerLost {
		return err
	}
	return errConnection
}

func (l *flakyStore) Records(ctx context.Context, after int64, limit int) ([]Record, error) {
	l.mu.Lock()
	dead := l.unreachable
	l.mu.Unlock()
	if dead {
		return nil, errConnection
	}
	return l.Store.Records(ctx, after, limit)
}

func (l *flakyStore) update(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f()
}

// cluster is the state machine: three servers on one store, each with a line of its own, and a ledger that reads the store itself.
type cluster struct {
	store       Store
	lines       []*flakyStore
	servers     []*Fixture
	storeReader *Ledger
	lots        []string
	sent        map[string]Command // by client id
	answered    map[string]int64   // sequence numbers that were answered, by client id
	ids         int
}

func TestServersProperties(t *testing.T) {
	dir := t.TempDir()
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		s, err := sqlite.Open(context.Background(), filepath.Join(dir, fmt.Sprintf("%d.db", runs)))
		if err != nil {
			rt.Fatalf("open: %v", err)
		}
		c := newCluster(rt, s)
		defer func() {
			for _, fx := range c.servers {
				fx.CloseWriter()
			}
			if err := s.Close(); err != nil {
				rt.Fatalf("close: %v", err)
			}
		}()
		rt.Repeat(map[string]func(*rapid.T){
			"send": c.sendNew, "again": c.sendAgain, "look": c.syncServer, "fault": c.planFault, "die": c.loseStore, "heal": c.restoreStore,
			"land": c.deliverLateAppend, "": c.checkLog,
		})
		c.expectAgreement(rt)
	})
}

func newCluster(t Tester, s Store) *cluster {
	c := &cluster{store: s, storeReader: NewLedger(), sent: map[string]Command{}, answered: map[string]int64{}}
	for range 3 {
		l := &flakyStore{Store: s}
		c.lines = append(c.lines, l)
		fx := NewFixture(t, l, WriterOptions{FollowInterval: time.Hour}) // looks at the tail on demand, so that runs can be repeated
		c.servers = append(c.servers, fx)
		fx.UseKeyRange(len(c.servers))
	}
	for range 3 {
		c.lots = append(c.lots, c.servers[0].HarvestFruit("10"))
	}
	return c
}

func (c *cluster) drawServer(t *rapid.T) int {
	return rapid.IntRange(0, len(c.servers)-1).Draw(t, "server")
}

// drawCommand takes of a lot that others take of too, or makes one.
func (c *cluster) drawCommand(t *rapid.T) Command {
	c.ids++
	id := fmt.Sprint("c", c.ids)
	at := Day(10, 2).Add(time.Duration(c.ids) * time.Minute)
	lot := drawFrom(t, "lot", c.lots...)
	var cmd Command
	switch rapid.IntRange(0, 5).Draw(t, "what") {
	case 0:
		out := c.servers[0].NewLotID()
		c.lots = append(c.lots, out)
		cmd = EventCommand(Coop, HarvestEvent(at, "plot-a", "", LotSpec{ID: out, Product: "fruit", Amount: "10"}))
	case 1:
		cmd = EventCommand(Coop, TransformEvent(at, []EventQuantity{Kg(lot, "3")}, LotSpec{ID: c.servers[0].NewLotID(), Product: "juice",
			Amount: "2"}))
	case 2:
		cmd = MasterCommand(System, KindPlace, Place{ID: NS + "/place/site-" + id, Kind: "site", Name: id, Tier: Town})
	default:
		cmd = EventCommand(Coop, LossEvent(at, "烂", Kg(lot, drawFrom(t, "kg", "1", "4", "9"))))
	}
	cmd.ClientID, cmd.Digest = id, "aa"
	c.sent[id] = cmd
	return cmd
}

func (c *cluster) sendNew(t *rapid.T) {
	n := c.drawServer(t)
	cmds := make([]Command, rapid.IntRange(1, 4).Draw(t, "commands"))
	for i := range cmds {
		cmds[i] = c.drawCommand(t)
	}
	c.submitCommands(t, n, cmds)
}

// sendAgain is a client that did not get, or does not believe, an answer: the client asks another server.
func (c *cluster) sendAgain(t *rapid.T) {
	if c.ids == 0 {
		return
	}
	id := fmt.Sprint("c", rapid.IntRange(1, c.ids).Draw(t, "client id"))
	c.submitCommands(t, c.drawServer(t), []Command{c.sent[id]})
}

// submitCommands does what a server does with a request: the server looks at the tail, so that a refusal is never about a record known
// elsewhere.
func (c *cluster) submitCommands(t *rapid.T, n int, cmds []Command) {
	if err := c.servers[n].WaitCurrent(); err != nil {
		return // 503
	}
	for i, r := range c.servers[n].SubmitCommands(cmds...) {
		id := cmds[i].ClientID
		var e *Error
		switch {
		case r.Err == nil:
			if was, ok := c.answered[id]; ok && was != r.Record.Seq {
				t.Fatalf("%s was record %d and is record %d", id, was, r.Record.Seq)
			}
			c.answered[id] = r.Record.Seq
		case !errors.As(r.Err, &e) || e.Kind == Internal:
			t.Fatalf("%s: %v", id, r.Err)
		case e.Kind != Unavailable:
			if _, ok := c.answered[id]; ok {
				t.Fatalf("%s is in the log and refused: %v", id, r.Err)
			}
		}
	}
}

func (c *cluster) syncServer(t *rapid.T) { c.servers[c.drawServer(t)].SyncNow() }

func (c *cluster) planFault(t *rapid.T) {
	n, f := c.drawServer(t), drawFrom(t, "fault", requestLost, answerLost, arrivesLate, otherServerBetween)
	other := (n + 1) % len(c.servers)
	var cmd Command
	if f == otherServerBetween {
		cmd = c.drawCommand(t)
	}
	c.lines[n].update(func() {
		c.lines[n].nextFault = f
		c.lines[n].appendBetween = func() { c.submitCommands(t, other, []Command{cmd}) }
	})
}

func (c *cluster) loseStore(t *rapid.T) {
	l := c.lines[c.drawServer(t)]
	l.update(func() { l.unreachable = true })
}

func (c *cluster) restoreStore(t *rapid.T) {
	n := c.drawServer(t)
	c.lines[n].update(func() { c.lines[n].unreachable = false })
	c.servers[n].SyncNow()
}

// deliverLateAppend lets an append arrive that its server has given up.
func (c *cluster) deliverLateAppend(t *rapid.T) {
	l := c.lines[c.drawServer(t)]
	var f func() error
	l.update(func() {
		if len(l.delayedAppends) > 0 {
			f, l.delayedAppends = l.delayedAppends[0], l.delayedAppends[1:]
		}
	})
	if f == nil {
		return
	}
	if err := f(); err != nil && !errors.Is(err, ErrConflict) {
		t.Fatalf("late append: %v", err)
	}
}

// checkLog: the log folds without a holding below nothing, has nothing twice, and all that was answered.
func (c *cluster) checkLog(t *rapid.T) {
	if err := c.storeReader.Replay(context.Background(), c.store); err != nil {
		t.Fatalf("the log does not fold: %v", err)
	}
	if err := c.storeReader.CheckInvariants(); err != nil {
		t.Fatalf("unsound: %v", err)
	}
	recs, err := c.store.Records(context.Background(), 0, 10_000)
	if err != nil {
		t.Fatalf("records: %v", err)
	}
	seen := map[string]int64{}
	for _, r := range recs {
		if was, ok := seen[r.ClientID]; ok && r.ClientID != "" {
			t.Fatalf("%s is record %d and %d", r.ClientID, was, r.Seq)
		}
		seen[r.ClientID] = r.Seq
	}
	for id, seq := range c.answered {
		if seen[id] != seq {
			t.Fatalf("%s was answered as record %d, the log has it at %d", id, seq, seen[id])
		}
	}
}

// expectAgreement heals everything, and checks that all servers answer the same.
func (c *cluster) expectAgreement(t *rapid.T) {
	c.checkLog(t)
	for i, fx := range c.servers {
		c.lines[i].update(func() { c.lines[i].unreachable, c.lines[i].nextFault = false, noFault })
		fx.SyncNow()
		if fx.Ledger.Head() != c.storeReader.Head() || fx.Ledger.Hash() != c.storeReader.Hash() {
			t.Fatalf("server %d is at %d, hash %s; the log at %d, hash %s", i, fx.Ledger.Head(), fx.Ledger.Hash(), c.storeReader.Head(),
				c.storeReader.Hash())
		}
		if away := fx.Writer.Contact(); away.Away {
			t.Fatalf("server %d believes that the store is away: %v", i, away.Err)
		}
	}
}

// TestServersFight has three servers and many clients that take the same lots to pieces at the same time.
func TestServersFight(t *testing.T) {
	s, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	var desks []*Fixture
	for range 3 {
		fx := NewFixture(t, &flakyStore{Store: s}, WriterOptions{FollowInterval: time.Millisecond})
		defer fx.CloseWriter()
		desks = append(desks, fx)
		fx.UseKeyRange(len(desks))
	}
	lots := []string{desks[0].HarvestFruit("40"), desks[0].HarvestFruit("40"), desks[0].HarvestFruit("40")}
	var wg sync.WaitGroup
	var mu sync.Mutex
	given := map[string]int{}
	for client := range 12 {
		wg.Go(func() {
			takeLots(t, desks[client%3], client, lots, func(lot string) {
				mu.Lock()
				given[lot]++
				mu.Unlock()
			})
		})
	}
	Within(t, CrowdLimit, "all clients to be answered", wg.Wait)
	for i, fx := range desks {
		fx.SyncNow()
		if fx.Ledger.Hash() != desks[0].Ledger.Hash() {
			t.Errorf("server %d ended with another ledger than server 0", i)
		}
	}
	for _, lot := range lots {
		expectHeld(t, desks[1], Coop, lot, fmt.Sprint(40-given[lot], " KGM"))
	}
}

// takeLots takes twenty times something off lots, as one client of a server, and notes every time that succeeds.
func takeLots(t *testing.T, fx *Fixture, client int, lots []string, noteTaken func(lot string)) {
	for n := range 20 {
		lot := lots[(client+n)%len(lots)]
		if err := fx.WaitCurrent(); err != nil {
			t.Errorf("client %d: %v", client, err)
		}
		r := fx.SubmitCommands(lossCommand(lot, fmt.Sprint(client, n)))[0]
		switch errorCode(r.Err) {
		case "":
			noteTaken(lot)
		case CodeInsufficient, CodeStoreUnavailable:
		default:
			t.Errorf("client %d: %v", client, r.Err)
		}
	}
}
