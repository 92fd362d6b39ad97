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

	"github.com/yousang/yousang/internal/app"
	"github.com/yousang/yousang/internal/trace"
)

type codesInput struct {
	BatchRef
	From int64 `query:"from" minimum:"1" default:"1" doc:"First item, by its ordinal."`
	To   int64 `query:"to" minimum:"1" doc:"Last item, included; the last of the batch where absent."`
}

// registerCodeList adds the list of a batch's codes, for a printing house.
func (a *API) registerCodeList() {
	op := describeRead("/serials/{batch}/codes", "listCodes", tagCodes, "The codes of a batch as CSV 码表",
		"For a printing house: ordinal, code, address and state (printed, activated, sold, voided) of each item, UTF-8, streamed however many "+
			"there are; a file that breaks off is not whole. In a spreadsheet import the columns as text, or some codes (0012E3…) become numbers. "+
			"Codes are as good as money: only the organisation that issued them, a holder of the lot and an admin get them, nobody keeps them, "+
			"and whoever has the list can make labels.")
	op.Responses = describeFile("text/csv")
	op.Responses["200"].Headers = map[string]*huma.Param{"Yousang-Warning": {Description: warningDoc, Schema: &huma.Schema{Type: "string"}}}
	huma.Register(a.huma, op, func(ctx context.Context, in *codesInput) (*streamed, error) {
		q := app.CodeQuery{Batch: unescapePath(in.Batch), From: in.From, To: in.To}
		list, err := a.App().ListCodes(ctx, callerOf(ctx).Actor, q)
		if err != nil {
			return nil, err
		}
		warning, _ := a.warnAboutAddress(callerOf(ctx).say)
		return &streamed{func(hc huma.Context) {
			sendCodes(hc, "serials-"+trace.KeyOf(list.Batch.ID)+".csv", warning, newCodeFile(list.Rows, a.lotURL(list.Batch.Lot)))
		}}, nil
	})
}

// sendCodes streams a file. The file is read, and closed, after the handler has returned, piece by piece as the client takes it.
func sendCodes(hc huma.Context, name, warning string, file *codeFile) {
	c := humafiber.Unwrap(hc)
	c.Set("Content-Type", "text/csv; charset=utf-8")
	c.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	c.Set("Cache-Control", "no-store")
	if warning != "" {
		c.Set("Yousang-Warning", warning)
	}
	file.conn = c.Context().Conn()
	c.Status(http.StatusOK).Context().SetBodyStream(file, -1)
}

// codeFile reads as a CSV file of codes; each line is made when a reader comes to the line.
type codeFile struct {
	nextRow func() (app.CodeRow, bool)
	stop    func()
	lotURL  string // address that the code of the lot opens
	buffer  []byte // lines are made in this memory
	unread  []byte // the part of the last line that no reader has taken yet
	conn    net.Conn
}

func newCodeFile(rows iter.Seq[app.CodeRow], lotURL string) *codeFile {
	f := &codeFile{lotURL: lotURL, unread: []byte("ordinal,code,address,state\r\n")}
	f.nextRow, f.stop = iter.Pull(rows)
	return f
}

// pieceTimeout is how long a client may take for a piece of a file; the file as a whole may take as long as the connection is slow.
const pieceTimeout = 60 * time.Second

// Read implements io.Reader.
func (f *codeFile) Read(p []byte) (n int, err error) {
	if f.conn != nil {
		if err := f.conn.SetWriteDeadline(time.Now().Add(pieceTimeout)); err != nil {
			return 0, err
		}
	}
	for n < len(p) {
		if len(f.unread) == 0 && !f.makeLine() {
			if n == 0 {
				return 0, io.EOF
			}
			return n, nil
		}
		m := copy(p[n:], f.unread)
		f.unread, n = f.unread[m:], n+m
	}
	return n, nil
}

// makeLine makes the next line. A code is of letters and digits, and an address has no comma or quote: nothing has to be escaped.
func (f *codeFile) makeLine() bool {
	row, ok := f.nextRow()
	if !ok {
		return false
	}
	b := strconv.AppendInt(f.buffer[:0], row.Ordinal, 10)
	b = append(append(append(b, ','), row.Code...), ',')
	b = append(append(append(b, f.lotURL+"/21/"+row.Code...), ','), row.State...)
	b = append(b, '\r', '\n')
	f.buffer, f.unread = b, b
	return true
}

// Close implements io.Closer; the server calls Close also when the client has gone.
func (f *codeFile) Close() error {
	f.stop()
	return nil
}
