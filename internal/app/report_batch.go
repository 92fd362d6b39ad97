package app

import (
	"context"
	"iter"

	"github.com/yousang/yousang/internal/trace"
)

// RecordBatch records many reports, each on its own, in the order in which they happened: a later one may use what an earlier one makes. An
// edge yields each report as it reads it, or the error of reading it. answer is called once for each of them, with its place from 0 and its
// outcome, not always in order and always from the calling goroutine.
func (a *App) RecordBatch(ctx context.Context, actor trace.Actor, reports iter.Seq2[Report, error], answer func(i int, out Recorded, err error)) {
	b := &reportBatch{app: a, ctx: ctx, actor: actor, answer: answer}
	i := 0
	for r, err := range reports {
		if err == nil {
			err = b.add(i, r)
		}
		if err != nil {
			answer(i, Recorded{}, err)
		}
		if len(b.pending) == batchChunk {
			b.submit()
		}
		i++
	}
	b.flush()
}

// batchChunk is how many commands are submitted at a time: enough to share a durable write, few enough that reading and writing overlap.
const batchChunk = 250

// reportBatch makes commands of reports and submits them chunk after chunk: while one chunk is being written, the next is read and made.
// Where a command depends on what earlier reports of the batch do, those are written first.
type reportBatch struct {
	app     *App
	ctx     context.Context
	actor   trace.Actor
	answer  func(i int, out Recorded, err error)
	pending []batchItem
	written *batchWrite // nil where no chunk is being written
}

// batchItem is a report of a batch that became a command.
type batchItem struct {
	place   int // in the batch
	write   *write
	command trace.Command
}

// batchWrite is a chunk that is being written.
type batchWrite struct {
	items []batchItem
	done  chan []trace.Result
}

// add makes the command of a report.
func (b *reportBatch) add(i int, r Report) error {
	w, err := b.app.newReportWrite(b.ctx, b.actor, r)
	if err != nil {
		return err
	}
	if kindOfReport(r).dependsOnState(r) {
		b.flush()
	}
	cmd, err := w.command()
	if err != nil && (len(b.pending) > 0 || b.written != nil) {
		b.flush() // the report may name what an earlier one makes
		cmd, err = w.command()
	}
	if err != nil {
		res, ok := b.app.findRepeat(b.ctx, w)
		if !ok {
			return w.explainError(err, nil)
		}
		out, err := answerWrite(w, res, nil)
		b.answer(i, out, err)
		return nil
	}
	b.pending = append(b.pending, batchItem{i, w, cmd})
	return nil
}

// submit hands the pending commands to the writer, after the chunk that was handed over before them.
func (b *reportBatch) submit() {
	b.wait()
	if len(b.pending) == 0 {
		return
	}
	chunk := &batchWrite{b.pending, make(chan []trace.Result, 1)}
	b.pending, b.written = nil, chunk
	cmds := make([]trace.Command, len(chunk.items))
	for i := range chunk.items {
		cmds[i] = chunk.items[i].command
	}
	go func() { chunk.done <- b.app.writer.Submit(b.ctx, cmds...) }()
}

// wait answers the chunk that is being written, if there is one.
func (b *reportBatch) wait() {
	if b.written == nil {
		return
	}
	chunk := b.written
	b.written = nil
	for i, res := range <-chunk.done {
		it := &chunk.items[i]
		out, err := answerWrite(it.write, res, it.command.Event())
		b.answer(it.place, out, err)
	}
}

// flush writes everything that is pending, and waits for it.
func (b *reportBatch) flush() {
	b.submit()
	b.wait()
}
