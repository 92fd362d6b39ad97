package app

import (
	"context"
	"iter"

	"github.com/yousang/yousang/internal/trace"
)

// RecordBatch records many reports, each on its own, in the order in which they happened: a report may use the lots of an earlier report.
// An edge yields each report when the report is read, or the error of reading. answer is called once for each of them, with its place from
// 0 and its outcome, not always in order and always from the calling goroutine.
func (a *App) RecordBatch(ctx context.Context, actor trace.Actor, reports iter.Seq2[Report, error],
	answer func(i int, out Recorded, err error)) {
	b := &reportBatch{app: a, ctx: ctx, actor: actor, answerReport: answer}
	i := 0
	for r, err := range reports {
		if err == nil {
			err = b.addReport(i, r)
		}
		if err != nil {
			answer(i, Recorded{}, err)
		}
		if len(b.pending) == chunkSize {
			b.submitPending()
		}
		i++
	}
	b.flushPending()
}

// chunkSize is how many commands are submitted at a time: enough to share a durable write, few enough that reading and writing overlap.
const chunkSize = 250

// reportBatch makes commands of reports and submits them chunk after chunk: while one chunk is being written, the next is read and made.
// Where a command depends on what earlier reports of the batch do, those are written first.
type reportBatch struct {
	app          *App
	ctx          context.Context
	actor        trace.Actor
	answerReport func(i int, out Recorded, err error)
	pending      []batchItem
	written      *writtenChunk // nil where no chunk is being written
}

// batchItem is a report of a batch that became a command.
type batchItem struct {
	place      int // in the batch
	submission *submission
	command    trace.Command
}

// writtenChunk is a chunk that is being written.
type writtenChunk struct {
	items []batchItem
	done  chan []trace.Result
}

// addReport makes the command of a report.
func (b *reportBatch) addReport(i int, r Report) error {
	s, err := b.app.newReportSubmission(b.ctx, b.actor, r)
	if err != nil {
		return err
	}
	if kindOfReport(r).dependsOnState(r) {
		b.flushPending()
	}
	cmd, err := s.makeCommand()
	if err != nil && (len(b.pending) > 0 || b.written != nil) {
		b.flushPending() // the report may name a lot of an earlier report
		cmd, err = s.makeCommand()
	}
	if err != nil {
		res, ok := b.app.findRepeat(b.ctx, s)
		if !ok {
			return s.explainError(err, nil)
		}
		out, err := answerSubmission(s, res, nil)
		b.answerReport(i, out, err)
		return nil
	}
	b.pending = append(b.pending, batchItem{i, s, cmd})
	return nil
}

// submitPending hands the pending commands to the writer, after the chunk that was handed over before them.
func (b *reportBatch) submitPending() {
	b.answerWritten()
	if len(b.pending) == 0 {
		return
	}
	chunk := &writtenChunk{b.pending, make(chan []trace.Result, 1)}
	b.pending, b.written = nil, chunk
	cmds := make([]trace.Command, len(chunk.items))
	for i := range chunk.items {
		cmds[i] = chunk.items[i].command
	}
	go func() { chunk.done <- b.app.writer.Submit(b.ctx, cmds...) }()
}

// answerWritten answers the chunk that is being written, if there is one.
func (b *reportBatch) answerWritten() {
	if b.written == nil {
		return
	}
	chunk := b.written
	b.written = nil
	for i, res := range <-chunk.done {
		it := &chunk.items[i]
		out, err := answerSubmission(it.submission, res, it.command.Event())
		b.answerReport(it.place, out, err)
	}
}

// flushPending writes everything that is pending, and waits for it.
func (b *reportBatch) flushPending() {
	b.submitPending()
	b.answerWritten()
}
