package trace

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// Command is one thing that a caller asks to have recorded. Body is canonical JSON; for events EventID is its CBV 2.0 hash.
type Command struct {
	Actor    Actor
	Kind     RecordKind
	ClientID string // made by the client; the same id with the same Digest is answered with the first answer
	Digest   string // hex SHA-256 of what the client sent
	Body     []byte
	Value    any  // decoded Body: an *Event for KindEvent, an *Organisation for KindOrganisation …; nil lets the writer decode Body
	DryRun   bool // judge only, append nothing
}

// Event is the event of a command of KindEvent that carries its decoded body, else nil.
func (c Command) Event() *Event {
	ev, _ := c.Value.(*Event)
	return ev
}

// Result answers a command.
type Result struct {
	Record Record // as appended, or as appended the first time
	Repeat bool   // the command had been recorded before
	Err    error  // an *Error for everything the caller can mend
}

// Writer is the only one that appends: commands queue, are judged against the ledger, appended in one durable write, applied, answered.
type Writer struct {
	store         Log
	ledger        *Ledger
	assessor      Assessor
	now           func() time.Time
	queue         chan *pendingCommand
	stopRequested chan struct{}
	stopped       chan struct{}
	closeOnce     sync.Once
	onChange      func(seq int64)

	followInterval time.Duration
	syncRequests   chan struct{} // wishes to catch up now
	rng            *rand.Rand    // of the writer's goroutine

	mu             sync.Mutex
	closed         bool
	contact        Contact
	contactChanged chan struct{} // closed when contact or head changed
	syncsBegun     int64         // looks at the tail, and appends, which are looks too
	syncsEnded     int64         // the last of them that has ended
	syncWanted     int64         // the last that a caller waits for
}

type pendingCommand struct {
	cmd         Command
	answer      chan Result
	ctx         context.Context
	firstRecord *Record // the earlier record that the command seems to repeat, where that record has been read

	kind    *RegisteredKind // nil for a kind that the ledger does not know
	bodyErr error           // why the body could not be decoded
}

// decodeBody decodes the command's body where the command does not carry the decoded body. The decoding runs in the goroutine of the
// caller: the writer's goroutine, which all callers share, only judges.
func (p *pendingCommand) decodeBody(kinds *KindTable) {
	p.kind = kinds.byName[p.cmd.Kind]
	if p.kind != nil && p.cmd.Value == nil {
		p.cmd.Value, p.bodyErr = p.kind.decode(p.cmd.Body)
	}
}

// WriterOptions tune a Writer; the zero value is right for a server that has its store to itself.
type WriterOptions struct {
	QueueSize int              // commands that may wait; 0 means 8,192. One more is answered with CodeQueueFull
	Now       func() time.Time // nil means time.Now
	Assessor  Assessor         // nil asks no questions
	// called after each batch, or records of others, have been applied, from the writer's goroutine; must not block
	OnChange       func(seq int64)
	FollowInterval time.Duration // how often the store is looked at for records of other servers; 0 where there are none
}

const maxBatch = 1024

// NewWriter starts the writer's goroutine over a ledger that has been brought to the store's head.
func NewWriter(s Log, l *Ledger, o WriterOptions) *Writer {
	if o.QueueSize == 0 {
		o.QueueSize = 8192
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.OnChange == nil {
		o.OnChange = func(int64) {}
	}
	w := &Writer{store: s, ledger: l, assessor: o.Assessor, now: o.Now, onChange: o.OnChange, queue: make(chan *pendingCommand, o.QueueSize),
		stopRequested: make(chan struct{}), stopped: make(chan struct{}), followInterval: o.FollowInterval, syncRequests: make(chan struct{}, 1),
		rng: rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64())), contact: Contact{At: time.Now()}, contactChanged: make(chan struct{})}
	go w.runLoop()
	return w
}

// Submit queues commands and waits for their answers, in order. Errors are in the results: CodeQueueFull when the queue is full,
// CodeClosed after Close. When ctx ends first the commands may or may not have been recorded; sending them again with the same client
// ids is safe.
func (w *Writer) Submit(ctx context.Context, cmds ...Command) []Result {
	out := make([]Result, len(cmds))
	waits := make([]*pendingCommand, len(cmds))
	for i := range cmds {
		waits[i] = &pendingCommand{cmd: cmds[i], answer: make(chan Result, 1), ctx: ctx}
		waits[i].decodeBody(w.ledger.kinds)
	}
	w.readFirstRecords(ctx, waits)
	for i := range cmds {
		if err := w.enqueueCommand(waits[i], len(cmds) > 1); err != nil {
			out[i].Err = err
			waits[i] = nil
		}
	}
	for i, pending := range waits {
		if pending == nil {
			continue
		}
		select {
		case out[i] = <-pending.answer:
		case <-w.stopped: // queued at the very moment the writer went away
			select {
			case out[i] = <-pending.answer:
			default:
				out[i].Err = E(Unavailable, CodeClosed, "")
			}
		case <-ctx.Done():
			out[i].Err = E(Unavailable, CodeStoreUnavailable, "", "why", ctx.Err().Error())
		}
	}
	return out
}

// enqueueCommand puts a command into the queue; part of a batch waits for room, a single one is refused when there is none.
func (w *Writer) enqueueCommand(pending *pendingCommand, wait bool) error {
	w.mu.Lock()
	closed := w.closed
	w.mu.Unlock()
	if closed {
		return E(Unavailable, CodeClosed, "")
	}
	select {
	case w.queue <- pending:
		return nil
	default:
	}
	if wait {
		select {
		case w.queue <- pending:
			return nil
		case <-pending.ctx.Done():
		case <-w.stopped:
			return E(Unavailable, CodeClosed, "")
		}
	}
	return E(Unavailable, CodeQueueFull, "")
}

// QueueLength is the number of commands in the queue.
func (w *Writer) QueueLength() int { return len(w.queue) }

// Close lets queued commands be finished and stops the goroutine. The store stays open.
func (w *Writer) Close() {
	w.closeOnce.Do(func() {
		w.mu.Lock()
		w.closed = true
		w.mu.Unlock()
		close(w.stopRequested)
	})
	<-w.stopped
}

func (w *Writer) runLoop() {
	defer close(w.stopped)
	var tick <-chan time.Time // never, where the store is ours alone
	if w.followInterval > 0 {
		t := time.NewTicker(w.followInterval)
		defer t.Stop()
		tick = t.C
	}
	var held *pendingCommand // did not fit into the last batch
	for {
		first := held
		if first == nil {
			select {
			case first = <-w.queue:
			case <-tick:
				w.syncTail()
				continue
			case <-w.syncRequests:
				w.syncTailIfRequested()
				continue
			case <-w.stopRequested:
				select {
				case first = <-w.queue:
				default:
					return
				}
			}
		}
		held = w.writeBatch(first)
	}
}
