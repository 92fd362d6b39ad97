package api

import (
	"context"
	"io"
	"iter"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"

	"github.com/yousang/yousang/internal/trace"
)

type codesInput struct {
	BatchRef
	From int64 `query:"from" minimum:"1" default:"1" doc:"First item, by its ordinal."`
	To   int64 `query:"to" minimum:"1" doc:"Last item, included; the last of the batch where absent."`
}

// registerCodeList adds the list of a batch's codes, for a printing house.
func (a *API) registerCodeList() {
	op := get("/serials/{batch}/codes", "listCodes", tagCodes, "The codes of a batch as CSV 码表",
		"For a printing house: ordinal, code, address and state (printed, activated, sold, voided) of each item, UTF-8, streamed however many there are; a file that breaks off is not whole. In a spreadsheet import the columns as text, or some codes (0012E3…) become numbers. Codes are as good as money: only the organisation that issued them, a holder of the lot and an admin get them, nobody keeps them, and whoever has the list can make labels.")
	op.Responses = file("text/csv")
	op.Responses["200"].Headers = map[string]*huma.Param{"Yousang-Warning": {Description: warningDoc, Schema: &huma.Schema{Type: "string"}}}
	huma.Register(a.huma, op, func(ctx context.Context, in *codesInput) (*streamed, error) {
		c, r := callerOf(ctx), a.Recorder()
		b, err := a.batch(c, in.Batch)
		if err != nil {
			return nil, err
		}
		if err := a.entitled(c, &b.SerialBatch); err != nil {
			return nil, err
		}
		if in.To == 0 {
			in.To = b.Count
		}
		if err := within(&b, in.From, in.To); err != nil {
			return nil, err
		}
		seq, err := codesOf(ctx, r, &b, in.From, in.To)
		if err != nil {
			return nil, err
		}
		warning, _ := a.warned(c.say)
		return &streamed{func(hc huma.Context) {
			send(hc, "serials-"+trace.KeyOf(b.ID)+".csv", warning, newCodeList(seq, in.From, a.url(b.Lot), func(from int64) []trace.SerialRun { return r.Ledger.SerialRuns(b.ID, from, runsAhead) }))
		}}, nil
	})
}

// within checks a range of ordinals.
func within(b *trace.BatchView, from, to int64) error {
	last := strconv.FormatInt(b.Count, 10)
	if from < 1 || from > b.Count {
		return trace.E(trace.Invalid, trace.CodeBadValue, "from", "value", strconv.FormatInt(from, 10), "allowed", "1–"+last, "thing", "ordinal")
	}
	if to < from || to > b.Count {
		return trace.E(trace.Invalid, trace.CodeBadValue, "to", "value", strconv.FormatInt(to, 10), "allowed", strconv.FormatInt(from, 10)+"–"+last, "thing", "ordinal")
	}
	return nil
}

// send streams a file. Its reader is read, and closed, after the handler has returned, piece by piece as the client takes it.
func send(hc huma.Context, name, warning string, r *codeList) {
	c := humafiber.Unwrap(hc)
	c.Set("Content-Type", "text/csv; charset=utf-8")
	c.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	c.Set("Cache-Control", "no-store")
	if warning != "" {
		c.Set("Yousang-Warning", warning)
	}
	r.conn = c.Context().Conn()
	c.Status(http.StatusOK).Context().SetBodyStream(r, -1)
}

// codeList reads as a CSV file of codes; lines are made as they are asked for.
type codeList struct {
	next    func() (string, bool)
	stop    func()
	ordinal int64
	lot     string // address of the lot
	ahead   func(from int64) []trace.SerialRun
	runs    []trace.SerialRun // of the states from the ordinal on, as far as they were read
	room    []byte            // lines are made in
	line    []byte            // what is left of one
	conn    net.Conn
}

// runsAhead is how many runs of states are read at once.
const runsAhead = 1000

func newCodeList(codes iter.Seq[string], from int64, lot string, ahead func(from int64) []trace.SerialRun) *codeList {
	l := &codeList{ordinal: from, lot: lot, ahead: ahead, line: []byte("ordinal,code,address,state\r\n")}
	l.next, l.stop = iter.Pull(codes)
	return l
}

// patience is how long a client may take for a piece of a file; the file as a whole may take as long as the line is slow.
const patience = 60 * time.Second

// Read implements io.Reader.
func (l *codeList) Read(p []byte) (n int, err error) {
	if l.conn != nil {
		if err := l.conn.SetWriteDeadline(time.Now().Add(patience)); err != nil {
			return 0, err
		}
	}
	for n < len(p) {
		if len(l.line) == 0 && !l.advance() {
			if n == 0 {
				return 0, io.EOF
			}
			return n, nil
		}
		m := copy(p[n:], l.line)
		l.line, n = l.line[m:], n+m
	}
	return n, nil
}

// advance makes the next line. A code is of letters and digits, and an address has no comma or quote: nothing is to be escaped.
func (l *codeList) advance() bool {
	code, ok := l.next()
	if !ok {
		return false
	}
	b := strconv.AppendInt(l.room[:0], l.ordinal, 10)
	b = append(append(append(b, ','), code...), ',')
	b = append(append(append(b, itemURL(l.lot, code)...), ','), l.state()...)
	b = append(b, '\r', '\n')
	l.room, l.line, l.ordinal = b, b, l.ordinal+1
	return true
}

// state is that of the item at hand; "" where the ledger does not say.
func (l *codeList) state() trace.SerialState {
	for len(l.runs) > 0 && l.runs[0].To < l.ordinal {
		l.runs = l.runs[1:]
	}
	if len(l.runs) == 0 {
		if l.runs = l.ahead(l.ordinal); len(l.runs) == 0 {
			return ""
		}
	}
	return l.runs[0].State
}

// Close implements io.Closer; it is called also when the client has gone.
func (l *codeList) Close() error {
	l.stop()
	return nil
}
