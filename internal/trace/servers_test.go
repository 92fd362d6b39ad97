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

// wire is what may happen between a server and the store.
type wire int

const (
	fine    wire = iota
	cut          // nothing arrives
	lost         // it is written, and the answer is lost
	late         // the answer is an error, and it arrives later
	between      // another server gets in after the first records
)

var errWire = errors.New("connection reset")

// line is a server's connection to the store.
type line struct {
	Store
	mu      sync.Mutex
	next    wire // for the next append
	dead    bool // nothing is answered
	pending []func() error
	intrude func() // between
}

func (l *line) Append(ctx context.Context, after int64, recs []Record) error {
	l.mu.Lock()
	next, dead := l.next, l.dead
	l.next = fine
	l.mu.Unlock()
	switch {
	case dead || next == cut:
		return errWire
	case next == late:
		l.mu.Lock()
		defer l.mu.Unlock()
		l.pending = append(l.pending, func() error { return l.Store.Append(ctx2(), after, recs) })
		return errWire
	case next == between && len(recs) > 1:
		half := len(recs) / 2
		if err := l.Store.Append(ctx, after, recs[:half]); err != nil {
			return err
		}
		l.intrude()
		return l.Store.Append(ctx, after+int64(half), recs[half:])
	}
	if err := l.Store.Append(ctx, after, recs); err != nil || next != lost {
		return err
	}
	return errWire
}

func (l *line) Records(ctx context.Context, after int64, limit int) ([]Record, error) {
	l.mu.Lock()
	dead := l.dead
	l.mu.Unlock()
	if dead {
		return nil, errWire
	}
	return l.Store.Records(ctx, after, limit)
}

func (l *line) set(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f()
}

func ctx2() context.Context { return context.Background() }

// cluster is the state machine: three servers on one store, each with a line of its own, and a ledger that reads the store itself.
type cluster struct {
	store    Store
	lines    []*line
	desks    []*Desk
	witness  *Ledger
	lots     []string
	sent     map[string]Command // by client id
	answered map[string]int64   // sequence numbers that were answered, by client id
	ids      int
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
			for _, d := range c.desks {
				d.Writer.Close()
			}
			if err := s.Close(); err != nil {
				rt.Fatalf("close: %v", err)
			}
		}()
		rt.Repeat(map[string]func(*rapid.T){
			"send": c.send, "again": c.again, "look": c.look, "fault": c.fault, "die": c.die, "heal": c.heal, "land": c.land, "": c.check,
		})
		c.settle(rt)
	})
}

func newCluster(t Tester, s Store) *cluster {
	c := &cluster{store: s, witness: NewLedger(), sent: map[string]Command{}, answered: map[string]int64{}}
	for range 3 {
		l := &line{Store: s}
		c.lines = append(c.lines, l)
		d := NewDesk(t, l, WriterOptions{Follow: time.Hour}) // it looks when it is told to, so that runs can be repeated
		c.desks = append(c.desks, d)
		d.OwnKeys(len(c.desks))
	}
	for range 3 {
		c.lots = append(c.lots, c.desks[0].Fruit("10"))
	}
	return c
}

func (c *cluster) server(t *rapid.T) int { return rapid.IntRange(0, len(c.desks)-1).Draw(t, "server") }

// command takes of a lot that others take of too, or makes one.
func (c *cluster) command(t *rapid.T) Command {
	c.ids++
	id := fmt.Sprint("c", c.ids)
	at := Day(10, 2).Add(time.Duration(c.ids) * time.Minute)
	lot := pick(t, "lot", c.lots...)
	var cmd Command
	switch rapid.IntRange(0, 5).Draw(t, "what") {
	case 0:
		out := c.desks[0].LotID()
		c.lots = append(c.lots, out)
		cmd = Seal(Coop, Harvest(at, "plot-a", "", Out{ID: out, Product: "fruit", Amount: "10"}))
	case 1:
		cmd = Seal(Coop, Transform(at, []EventQuantity{Kg(lot, "3")}, Out{ID: c.desks[0].LotID(), Product: "juice", Amount: "2"}))
	case 2:
		cmd = Master(System, KindPlace, Place{ID: NS + "/place/site-" + id, Kind: "site", Name: id, Tier: Town})
	default:
		cmd = Seal(Coop, Loss(at, "烂", Kg(lot, pick(t, "kg", "1", "4", "9"))))
	}
	cmd.ClientID, cmd.Digest = id, "aa"
	c.sent[id] = cmd
	return cmd
}

func (c *cluster) send(t *rapid.T) {
	n := c.server(t)
	cmds := make([]Command, rapid.IntRange(1, 4).Draw(t, "commands"))
	for i := range cmds {
		cmds[i] = c.command(t)
	}
	c.submit(t, n, cmds)
}

// again is a client that did not hear, or does not believe, what it was answered: it asks another server.
func (c *cluster) again(t *rapid.T) {
	if c.ids == 0 {
		return
	}
	id := fmt.Sprint("c", rapid.IntRange(1, c.ids).Draw(t, "client id"))
	c.submit(t, c.server(t), []Command{c.sent[id]})
}

// submit does what a server does with a request: it looks at the tail, so that a refusal is never about what is known elsewhere.
func (c *cluster) submit(t *rapid.T, n int, cmds []Command) {
	if err := c.desks[n].Writer.WaitCurrent(ctx2()); err != nil {
		return // 503
	}
	for i, r := range c.desks[n].Writer.Submit(context.Background(), cmds...) {
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

func (c *cluster) look(t *rapid.T) { c.desks[c.server(t)].Writer.Look() }

func (c *cluster) fault(t *rapid.T) {
	n, f := c.server(t), pick(t, "fault", cut, lost, late, between)
	other := (n + 1) % len(c.desks)
	var cmd Command
	if f == between {
		cmd = c.command(t)
	}
	c.lines[n].set(func() {
		c.lines[n].next = f
		c.lines[n].intrude = func() { c.submit(t, other, []Command{cmd}) }
	})
}

func (c *cluster) die(t *rapid.T) {
	l := c.lines[c.server(t)]
	l.set(func() { l.dead = true })
}

func (c *cluster) heal(t *rapid.T) {
	n := c.server(t)
	c.lines[n].set(func() { c.lines[n].dead = false })
	c.desks[n].Writer.Look()
}

// land lets an append arrive that its server has given up.
func (c *cluster) land(t *rapid.T) {
	l := c.lines[c.server(t)]
	var f func() error
	l.set(func() {
		if len(l.pending) > 0 {
			f, l.pending = l.pending[0], l.pending[1:]
		}
	})
	if f == nil {
		return
	}
	if err := f(); err != nil && !errors.Is(err, ErrConflict) {
		t.Fatalf("late append: %v", err)
	}
}

// check: the log folds without a holding below nothing, has nothing twice, and all that was answered.
func (c *cluster) check(t *rapid.T) {
	if err := c.witness.Replay(context.Background(), c.store); err != nil {
		t.Fatalf("the log does not fold: %v", err)
	}
	if err := c.witness.Sound(); err != nil {
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

// settle heals everything, and wants all servers to say the same.
func (c *cluster) settle(t *rapid.T) {
	c.check(t)
	for i, d := range c.desks {
		c.lines[i].set(func() { c.lines[i].dead, c.lines[i].next = false, fine })
		d.Writer.Look()
		if d.Ledger.Head() != c.witness.Head() || d.Ledger.Hash() != c.witness.Hash() {
			t.Fatalf("server %d is at %d, hash %s; the log at %d, hash %s", i, d.Ledger.Head(), d.Ledger.Hash(), c.witness.Head(), c.witness.Hash())
		}
		if away := d.Writer.Contact(); away.Away {
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
	var desks []*Desk
	for range 3 {
		d := NewDesk(t, &line{Store: s}, WriterOptions{Follow: time.Millisecond})
		defer d.Writer.Close()
		desks = append(desks, d)
		d.OwnKeys(len(desks))
	}
	lots := []string{desks[0].Fruit("40"), desks[0].Fruit("40"), desks[0].Fruit("40")}
	var wg sync.WaitGroup
	var mu sync.Mutex
	given := map[string]int{}
	for client := range 12 {
		wg.Go(func() {
			d := desks[client%3]
			for n := range 20 {
				lot := lots[(client+n)%3]
				if err := d.Writer.WaitCurrent(ctx2()); err != nil {
					t.Errorf("client %d: %v", client, err)
				}
				r := d.Writer.Submit(context.Background(), loss(lot, fmt.Sprint(client, n)))[0]
				switch code(r.Err) {
				case "":
					mu.Lock()
					given[lot]++
					mu.Unlock()
				case CodeInsufficient, CodeStoreUnavailable:
				default:
					t.Errorf("client %d: %v", client, r.Err)
				}
			}
		})
	}
	wg.Wait()
	for i, d := range desks {
		d.Writer.Look()
		if d.Ledger.Hash() != desks[0].Ledger.Hash() {
			t.Errorf("server %d ended with another ledger than server 0", i)
		}
	}
	for _, lot := range lots {
		wantHeld(t, desks[1], Coop, lot, fmt.Sprint(40-given[lot], " KGM"))
	}
}
