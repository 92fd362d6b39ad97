package trace

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Command is one thing somebody wants recorded. Body is canonical JSON; for events EventID is its CBV 2.0 hash.
type Command struct {
	Actor    Actor
	Kind     RecordKind
	ClientID string // made by the client; the same id with the same Digest is answered with the first answer
	Digest   string // hex SHA-256 of what the client sent
	Body     []byte
	Event    *Event // parsed Body, for KindEvent
	DryRun   bool   // judge only, append nothing
}

// Result answers a command.
type Result struct {
	Record Record // as appended, or as appended the first time
	Repeat bool   // the command had been recorded before
	Err    error  // an *Error for everything the caller can mend
}

// Writer is the only one that appends: commands queue, are judged against the ledger, appended in one durable write, applied, answered.
type Writer struct {
	store   Store
	ledger  *Ledger
	ask     Assessor
	now     func() time.Time
	queue   chan *pending
	stop    chan struct{}
	stopped chan struct{}
	once    sync.Once
	changed func(seq int64)

	mu     sync.Mutex
	closed bool
}

type pending struct {
	cmd  Command
	done chan Result
	ctx  context.Context
}

// WriterOptions tune a Writer; the zero value is right for a server.
type WriterOptions struct {
	Queue   int              // commands that may wait; 0 means 8,192. One more is answered with CodeQueueFull
	Now     func() time.Time // nil means time.Now
	Ask     Assessor         // nil asks no questions
	Changed func(seq int64)  // called after each batch has been applied, from the writer's goroutine; must not block
}

const maxBatch = 1024

// NewWriter starts the writer's goroutine over a ledger that has been brought to the store's head.
func NewWriter(s Store, l *Ledger, o WriterOptions) *Writer {
	if o.Queue == 0 {
		o.Queue = 8192
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Changed == nil {
		o.Changed = func(int64) {}
	}
	w := &Writer{store: s, ledger: l, ask: o.Ask, now: o.Now, changed: o.Changed, queue: make(chan *pending, o.Queue),
		stop: make(chan struct{}), stopped: make(chan struct{})}
	go w.run()
	return w
}

// Submit queues commands and waits for their answers, in order. Errors are in the results: CodeQueueFull when the queue is full,
// CodeClosed after Close. When ctx ends first the commands may or may not have been recorded; sending them again with the same client
// ids is safe.
func (w *Writer) Submit(ctx context.Context, cmds ...Command) []Result {
	out := make([]Result, len(cmds))
	waits := make([]*pending, len(cmds))
	for i := range cmds {
		waits[i] = &pending{cmd: cmds[i], done: make(chan Result, 1), ctx: ctx}
		if err := w.enqueue(waits[i], len(cmds) > 1); err != nil {
			out[i].Err = err
			waits[i] = nil
		}
	}
	for i, p := range waits {
		if p == nil {
			continue
		}
		select {
		case out[i] = <-p.done:
		case <-ctx.Done():
			out[i].Err = E(Unavailable, CodeStoreUnavailable, "", "why", ctx.Err().Error())
		}
	}
	return out
}

// enqueue puts a command into the queue; part of a batch waits for room, a single one is refused when there is none.
func (w *Writer) enqueue(p *pending, wait bool) error {
	w.mu.Lock()
	closed := w.closed
	w.mu.Unlock()
	if closed {
		return E(Unavailable, CodeClosed, "")
	}
	select {
	case w.queue <- p:
		return nil
	default:
	}
	if wait {
		select {
		case w.queue <- p:
			return nil
		case <-p.ctx.Done():
		case <-w.stopped:
			return E(Unavailable, CodeClosed, "")
		}
	}
	return E(Unavailable, CodeQueueFull, "")
}

// Waiting is the number of commands in the queue.
func (w *Writer) Waiting() int { return len(w.queue) }

// Close lets what is queued be finished and stops the goroutine. It does not close the store.
func (w *Writer) Close() {
	w.once.Do(func() {
		w.mu.Lock()
		w.closed = true
		w.mu.Unlock()
		close(w.stop)
	})
	<-w.stopped
}

func (w *Writer) run() {
	defer close(w.stopped)
	var held *pending // did not fit into the last batch
	for {
		first := held
		held = nil
		if first == nil {
			select {
			case first = <-w.queue:
			case <-w.stop:
				select {
				case first = <-w.queue:
				default:
					return
				}
			}
		}
		held = w.batch(first)
	}
}

// accepted is a judged command on its way to the store.
type accepted struct {
	p    *pending
	rec  Record
	plan *plan // nil for master data
}

// batch judges what waits until a command depends on one before it, appends, applies and answers. It returns the command that has to
// wait for the next batch.
func (w *Writer) batch(first *pending) (held *pending) {
	b := batch{w: w, wrote: map[string]bool{}, read: map[string]bool{}, seq: w.ledger.head, now: w.now()}
	for p := first; p != nil; {
		if !b.take(p) {
			held = p
			break
		}
		if len(b.ready) >= maxBatch {
			break
		}
		select {
		case p = <-w.queue:
		default:
			p = nil
		}
	}
	b.write()
	return held
}

type batch struct {
	w     *Writer
	ready []accepted
	wrote map[string]bool
	read  map[string]bool
	seq   int64
	now   time.Time
}

// take judges one command. False means it names what an earlier command of this batch changes, and must wait until that is applied.
func (b *batch) take(p *pending) bool {
	if p.ctx.Err() != nil {
		p.done <- Result{Err: E(Unavailable, CodeStoreUnavailable, "", "why", p.ctx.Err().Error())}
		return true
	}
	if len(b.ready) > 0 && b.ready[0].plan == nil {
		return false // a master record is a batch of its own: what follows may lean on it
	}
	l := b.w.ledger
	if p.cmd.ClientID != "" {
		id := "client\x00" + p.cmd.Actor.Org + "\x00" + p.cmd.ClientID
		if b.wrote[id] {
			return false
		}
		if seq, ok := l.clients[clientDigest(p.cmd.Actor.Org, p.cmd.ClientID)]; ok {
			p.done <- b.w.repeat(p, int64(seq), true)
			return true
		}
		defer func() { b.note(id, p) }()
	}
	a := accepted{p: p, rec: Record{Kind: p.cmd.Kind, RecordTime: b.now.UTC().Truncate(time.Millisecond), Org: p.cmd.Actor.Org,
		User: p.cmd.Actor.User, ClientID: p.cmd.ClientID, Digest: p.cmd.Digest, Body: p.cmd.Body}}
	names, reads, fits, err := b.judge(&a)
	if !fits {
		return false
	}
	if err == nil && len(a.rec.Body) > MaxBody {
		err = E(TooLarge, CodeTooLarge, "", "limit", "8 MiB")
	}
	if err != nil || a.p == nil {
		if a.p != nil {
			p.done <- Result{Err: err}
		}
		return true
	}
	if p.cmd.DryRun {
		p.done <- Result{Record: a.rec}
		return true
	}
	for _, n := range names {
		b.wrote[n] = true
	}
	for _, n := range reads {
		b.read[n] = true
	}
	b.seq++
	a.rec.Seq = b.seq
	b.ready = append(b.ready, a)
	return true
}

// note remembers a client id once its command has been taken for real.
func (b *batch) note(id string, p *pending) {
	if n := len(b.ready); n > 0 && b.ready[n-1].p == p {
		b.wrote[id] = true
	}
}

// clash reports whether a command has to wait for an earlier one of the batch.
func (b *batch) clash(names, reads []string) bool {
	for _, n := range names {
		if b.wrote[n] || b.read[n] {
			return true
		}
	}
	for _, n := range reads {
		if b.wrote[n] {
			return true
		}
	}
	return false
}

// judge reads and checks the command; a.p becomes nil where it has been answered already (a repeated event).
func (b *batch) judge(a *accepted) (names, reads []string, fits bool, err error) {
	l := b.w.ledger
	cmd := &a.p.cmd
	if cmd.Kind != KindEvent {
		id := masterID(&a.rec)
		if len(b.ready) > 0 {
			return nil, nil, false, nil
		}
		return []string{id}, nil, true, l.judgeMaster(&a.rec, cmd.Actor)
	}
	ev := cmd.Event
	org, ok := l.spotOf[cmd.Actor.Org]
	if _, known := l.orgs[cmd.Actor.Org]; !ok || !known {
		return nil, nil, true, E(Forbidden, CodeUnknownThing, "org", "thing", "organisation", "value", clip(cmd.Actor.Org))
	}
	if ev.EventID == "" {
		return nil, nil, true, E(Invalid, CodeRequired, "eventID")
	}
	named := mentions(ev)
	if b.clash(named, nil) {
		return nil, nil, false, nil
	}
	if ev.Declaration == nil {
		if seq, ok := l.eventOf[digest16(ev.EventID)]; ok {
			a.p.done <- b.w.repeat(a.p, int64(seq), false)
			a.p = nil
			return nil, nil, true, nil
		}
	}
	p, err := l.prepare(ev, org)
	if err != nil {
		return nil, nil, true, err
	}
	if b.clash(p.names, p.reads) {
		return nil, nil, false, nil
	}
	if ev.Declaration != nil {
		err = l.judgeCorrection(p, cmd.Actor)
	} else {
		a.rec.Questions, err = l.judge(p, cmd.Actor, b.now, b.w.ask)
	}
	if err != nil {
		return nil, nil, true, err
	}
	describe(&a.rec, ev)
	a.plan = p
	return append(p.names, ev.EventID), p.reads, true, nil
}

func (l *Ledger) prepare(ev *Event, org int32) (*plan, error) {
	if ev.Declaration != nil {
		return l.corrected(ev, org)
	}
	return l.interpret(ev, org)
}

// mentions lists the identifiers an event names, whether or not they are known.
func mentions(ev *Event) []string {
	out := make([]string, 0, 8)
	out = append(out, ev.EventID)
	for _, list := range [][]EventQuantity{ev.Inputs, ev.Outputs, ev.Quantities, ev.Children} {
		for i := range list {
			out = append(out, list[i].Class)
		}
	}
	for _, list := range [][]string{ev.EPCs, ev.ChildEPCs, ev.InputEPCs, ev.OutputEPCs} {
		out = append(out, list...)
	}
	if ev.ParentID != "" {
		out = append(out, ev.ParentID)
	}
	for i := range ev.BizTransactions {
		out = append(out, ev.BizTransactions[i].ID)
	}
	return out
}

// describe fills the fields of a record that are derived from its event.
func describe(r *Record, ev *Event) {
	r.EventID, r.EventType, r.BizStep, r.EventTime = ev.EventID, ev.Type, ev.BizStep, ev.Time.Time
	r.Lots = mentions(ev)[1:]
	if ev.Ilmd != nil && ev.Ilmd.Season != "" {
		r.Lots = append(r.Lots, ev.Ilmd.Season)
	}
	for _, id := range []*ID{ev.BizLocation, ev.ReadPoint} {
		if id != nil {
			r.Places = append(r.Places, id.ID)
		}
	}
}

// repeat answers a command whose client id or event was recorded before.
func (w *Writer) repeat(p *pending, seq int64, byClient bool) Result {
	list, err := w.store.Find(p.ctx, Query{Seqs: []int64{seq}})
	if err != nil || len(list) != 1 {
		return Result{Err: fmt.Errorf("read record %d again: %w", seq, errors.Join(err, E(Unavailable, CodeStoreUnavailable, "")))}
	}
	if byClient && list[0].Digest != p.cmd.Digest {
		return Result{Err: E(Conflict, CodeIDReused, "", "id", clip(p.cmd.ClientID))}
	}
	if !byClient && list[0].Org != p.cmd.Actor.Org {
		return Result{Err: E(Conflict, CodeIDReused, "eventID", "id", clip(list[0].EventID))}
	}
	return Result{Record: list[0], Repeat: true}
}

// write appends the batch and answers. A failed append may have been kept all the same (a lost acknowledgement), so the writer looks at
// the store before it goes on.
func (b *batch) write() {
	if len(b.ready) == 0 {
		return
	}
	recs := make([]Record, len(b.ready))
	for i := range b.ready {
		recs[i] = b.ready[i].rec
	}
	after := b.w.ledger.head
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	err := b.w.store.Append(ctx, after, recs)
	if err != nil {
		err = b.w.settleAppend(ctx, after, recs, err)
	}
	if err != nil {
		for _, a := range b.ready {
			a.p.done <- Result{Err: err}
		}
		return
	}
	b.w.ledger.applyBatch(b.ready)
	for i := range b.ready {
		b.ready[i].p.done <- Result{Record: recs[i]}
	}
	b.w.changed(b.seq)
}

// settleAppend finds out what a failed append left behind: nil when the whole batch is in the store after all.
func (w *Writer) settleAppend(ctx context.Context, after int64, recs []Record, cause error) error {
	found, err := w.store.Records(ctx, after, len(recs))
	if err != nil {
		return E(Unavailable, CodeStoreUnavailable, "", "why", cause.Error())
	}
	same := 0
	for same < len(found) && sameRecord(&found[same], &recs[same]) {
		same++
	}
	if same == len(recs) {
		return nil
	}
	if len(found) > 0 { // another writer, or a part of ours: take over what is there, then the callers send again
		if err := w.ledger.Replay(ctx, w.store); err != nil {
			return E(Unavailable, CodeStoreUnavailable, "", "why", err.Error())
		}
	}
	return E(Unavailable, CodeStoreUnavailable, "", "why", cause.Error())
}

func sameRecord(a, b *Record) bool {
	return a.Seq == b.Seq && a.Kind == b.Kind && a.Org == b.Org && a.ClientID == b.ClientID && a.EventID == b.EventID && string(a.Body) == string(b.Body)
}

func (l *Ledger) applyBatch(list []accepted) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range list {
		a := &list[i]
		switch {
		case a.plan == nil:
			// judged a moment ago: it decodes
			if err := l.commitMaster(&a.rec); err != nil {
				panic("apply judged master data: " + err.Error())
			}
			l.record(&a.rec, nil)
		default:
			l.record(&a.rec, a.plan)
			l.apply(a.plan, uint32(a.rec.Seq))
		}
	}
}

func (l *Ledger) apply(p *plan, seq uint32) {
	if p.kind == planCorrect {
		l.commitCorrection(p, seq)
		return
	}
	l.commit(p, seq)
}
