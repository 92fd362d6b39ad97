package mongo

import (
	"bytes"
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/yousang/yousang/internal/trace"
)

func checkKind(t *testing.T, what string, err error, kind trace.Kind) {
	t.Helper()
	var e *trace.Error
	if !errors.As(err, &e) || e.Kind != kind {
		t.Errorf("%s: got error %v, want a *trace.Error of kind %d", what, err, kind)
	}
}

func TestOpenRefusesURIs(t *testing.T) {
	for _, uri := range []string{
		"", "county.db", "mongodb://", "mongodb://127.0.0.1", "mongodb://127.0.0.1:1/", "mongodb://127.0.0.1:1/?w=1",
		"mongodb://127.0.0.1:port/county",
		"mongodb://user:geheim@127.0.0.1:1/", "mongodb://user:geheim@127.0.0.1:1/county?connectTimeoutMS=geheim",
		"mongodb://user:ge heim%@h/county",
		"mongodb://user:geheim@127.0.0.1:1/admin", "mongodb://127.0.0.1:1/Local", "mongodb://127.0.0.1:1/a%20county",
		"mongodb://127.0.0.1:1/" + strings.Repeat("c", 64),
	} {
		_, err := Open(t.Context(), uri)
		checkKind(t, uri, err, trace.Invalid)
		if err != nil && strings.Contains(err.Error(), "heim") {
			t.Errorf("%s: the error shows the password: %v", uri, err)
		}
	}
}

// TestOpenWithoutServer: an address at which no server listens, and an address at which a server accepts the connection and does not
// answer.
func TestOpenWithoutServer(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := silent.Close(); err != nil {
			t.Error(err)
		}
	})
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := nobody.Close(); err != nil {
		t.Fatal(err)
	}
	for name, l := range map[string]net.Listener{"nobody": nobody, "silent": silent} {
		_, err := Open(t.Context(), "mongodb://user:geheim@"+l.Addr().String()+"/county?serverSelectionTimeoutMS=200")
		checkKind(t, name, err, trace.Unavailable)
		var e *trace.Error
		if !errors.As(err, &e) || e.Args["thing"] != "start" || e.Args["path"] != l.Addr().String()+"/county" ||
			(e.Args["why"] == "") != (l == silent) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: the error lacks where or why, or shows the password: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Open(ctx, "mongodb://"+silent.Addr().String()+"/county"); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: got error %v, want context.Canceled", err)
	}
}

// TestStartErrors: the sentences about a server that answers and does not let the program in; any other error passes unchanged.
func TestStartErrors(t *testing.T) {
	hosts := []string{"db1:27017", "db2:27017"}
	for _, row := range []struct {
		name string
		err  error
		want string
	}{
		{"a wrong password", driver.CommandError{Code: 18, Name: "AuthenticationFailed"}, "login"},
		{"a user without rights", driver.CommandError{Code: 13, Name: "Unauthorized"}, "login"},
		{"a server that steps down", driver.CommandError{Code: 189, Name: "PrimarySteppedDown"}, "start"},
		{"another refusal", driver.CommandError{Code: 73, Name: "InvalidNamespace"}, ""},
		{"another program's data", trace.E(trace.Conflict, trace.CodeBadCheck, ""), ""},
	} {
		var e *trace.Error
		got := ""
		if errors.As(startError(hosts, "county", row.err), &e) {
			got = e.Args["thing"]
		}
		if got != row.want || got != "" && (e.Kind != trace.Unavailable || e.Args["path"] != "db1:27017,db2:27017/county") {
			t.Errorf("%s: got %q, %v, want %q", row.name, got, e, row.want)
		}
	}
	if _, err := Open(t.Context(), "mongodb+srv://user:geheim@nobody.invalid/county"); err == nil || strings.Contains(err.Error(), "geheim") {
		t.Errorf("a host that nobody knows: %v", err)
	} else {
		checkKind(t, "a host that nobody knows", err, trace.Unavailable)
	}
}

// TestSettings: what the order and the durability of the log rest on cannot be taken away by the URI.
func TestSettings(t *testing.T) {
	opts, name, err := clientOptions("mongodb://a:1,b:2/county?w=1&journal=false&readConcernLevel=local&readPreference=secondary&appName=park")
	if err != nil {
		t.Fatal(err)
	}
	if name != "county" {
		t.Errorf("database %q, want county", name)
	}
	if w := opts.WriteConcern; w.W != "majority" || w.Journal == nil || !*w.Journal {
		t.Errorf("write concern %+v, want a journaled majority", w)
	}
	if opts.ReadConcern.Level != "majority" || opts.ReadPreference.Mode().String() != "primary" {
		t.Errorf("read concern %v from %v, want majority from the primary", opts.ReadConcern, opts.ReadPreference)
	}
	if *opts.ServerSelectionTimeout != maxSelectTime || *opts.Timeout != maxCallTime || *opts.AppName != "park" {
		t.Errorf("timeouts %v, %v, name %s", opts.ServerSelectionTimeout, opts.Timeout, *opts.AppName)
	}
}

func TestEncodeRefuses(t *testing.T) {
	many := make([]string, 200_000)
	for i := range many {
		many[i] = strings.Repeat("lot", 30)
	}
	for _, row := range []struct {
		name   string
		record trace.Record
		kind   trace.Kind
	}{
		{"a large body", trace.Record{Seq: 1, Body: make([]byte, trace.MaxBody+1)}, trace.TooLarge},
		{"a large envelope", trace.Record{Seq: 1, Lots: many}, trace.TooLarge},
		{"an organisation that is not UTF-8", trace.Record{Seq: 1, Org: "\xff"}, trace.Invalid},
		{"a place that is not UTF-8", trace.Record{Seq: 1, Places: []string{"a", "\xff"}}, trace.Invalid},
		{"a comment that is not UTF-8", trace.Record{Seq: 1, Questions: []trace.Question{{Comment: "\xff"}}}, trace.Invalid},
	} {
		_, err := encodeRecords(0, []trace.Record{row.record})
		checkKind(t, row.name, err, row.kind)
	}
}

func TestRecordFields(t *testing.T) {
	at := time.Date(2026, 11, 3, 1, 2, 3, 456e6, time.UTC)
	docs, err := encodeRecords(4, []trace.Record{{Seq: 5, Kind: trace.KindEvent, RecordTime: at, EventTime: at, EventType: trace.ObjectEvent,
		BizStep: trace.StepShipping,
		Org:     "o", User: "u", EventID: "e", Lots: []string{"l"}, Places: []string{"p"}, Body: []byte(`{"a":1}`)}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := bson.MarshalExtJSON(docs[0], false, false)
	const want = `{"_id":5,"kind":"event","eventType":"ObjectEvent","bizStep":"shipping","eventTime":{"$date":"2026-11-03T01:02:03.456Z"},` +
		`"recordTime":{"$date":"2026-11-03T01:02:03.456Z"},"org":"o","user":"u","lots":["l"],"places":["p"],"eventID":"e","body":"{\"a\":1}"}`
	if err != nil || string(got) != want {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
}

func TestBodiesComeBack(t *testing.T) {
	for _, body := range []string{"", "{}", "柚\x00", "\xff\x00"} {
		kind, value, err := bson.MarshalValue(encodeBody([]byte(body)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := decodeBody(bson.RawValue{Type: kind, Value: value})
		if err != nil || string(got) != body {
			t.Errorf("got %q, %v, want %q", got, err, body)
		}
	}
	if got, err := decodeBody(bson.RawValue{Type: bson.TypeInt32, Value: []byte{1, 0, 0, 0}}); err == nil {
		t.Errorf("a number: got %q, want an error", got)
	}
}

func TestConditions(t *testing.T) {
	if _, fits, err := filterConditions(trace.Query{Orgs: []string{"\xff"}}); fits || err != nil {
		t.Errorf("a value that is not UTF-8: fits is %v, %v, want false", fits, err)
	}
	if d, fits, err := filterConditions(trace.Query{Orgs: []string{"\xff", "o"}}); !fits || err != nil ||
		extendedJSON(t, d) != `{"org":{"$in":["o"]}}` {
		t.Errorf("one of two: got %v, %v, %v", d, fits, err)
	}
	_, _, err := filterConditions(trace.Query{Lots: slices.Repeat([]string{strings.Repeat("l", 1000)}, 9000)})
	checkKind(t, "values beyond a command's size", err, trace.TooLarge)
}

func TestKeysDiffer(t *testing.T) {
	keys := map[string]bool{}
	for _, k := range []string{joinKey("a", "b"), joinKey("a\",\"b"), joinKey("a", "", "b"), joinKey("ab"), joinKey("a\x1fb"), joinKey("a b"),
		joinKey("a\\u001fb"), joinKey(`a"b`), joinKey("a\u2028"), joinKey("A", "b")} {
		if keys[k] {
			t.Errorf("key %s is made twice", k)
		}
		keys[k] = true
	}
}

func TestLongStoriesArePacked(t *testing.T) {
	s := &Store{}
	numbers := `{"n":[` + strings.Repeat("1,", 1<<20) + `1]}` // 2 MiB of text, 17 MiB as fields
	long := []byte(`{"a":"` + strings.Repeat("柚", maxPlainLineage/3) + `"}`)
	for _, row := range []struct {
		name   string
		body   []byte
		fields []string
	}{
		{"a short one", []byte(`{"lot":"l"}`), []string{"_id", "asOf", "lot", "body"}},
		{"not JSON", []byte("five"), []string{"_id", "asOf", "body"}},
		{"too large as fields", []byte(numbers), []string{"_id", "asOf", "body"}},
		{"a long one", long, []string{"_id", "asOf", "bodyGzip"}},
	} {
		doc, err := s.encodeLineage(trace.LineageDoc{Lot: "l", AsOf: 7, Body: row.body})
		if err != nil {
			t.Fatalf("%s: %v", row.name, err)
		}
		elements, err := doc.Elements()
		var fields []string
		for _, e := range elements {
			fields = append(fields, e.Key())
		}
		if err != nil || !slices.Equal(fields, row.fields) {
			t.Errorf("%s: fields %v, %v, want %v", row.name, fields, err, row.fields)
		}
		if _, packed, ok := doc.Lookup(fieldGzip).BinaryOK(); ok {
			if got, err := decompress(packed); err != nil || !bytes.Equal(got, row.body) {
				t.Errorf("%s: %d bytes came back, %v, want %d", row.name, len(got), err, len(row.body))
			}
		}
	}
	_, err := s.encodeLineage(trace.LineageDoc{Lot: "\xff"})
	checkKind(t, "a lot that is not UTF-8", err, trace.Invalid)
}

func TestSameDatabase(t *testing.T) {
	for _, row := range []struct {
		a, b string
		want bool
	}{
		{"mongodb://a/county", "mongodb://a/county", true},
		{"mongodb://a/county", "mongodb://a:27017/county?w=1", true},
		{"mongodb://A,b:7/county", "mongodb://user:p%40ss@c,b:7/county", true},
		{"mongodb+srv://a/county", "mongodb://a/county", true},
		{"mongodb://[::1]/county", "mongodb://[::1]:27017/county", true},
		{"mongodb://a/county", "mongodb://a/County", false},
		{"mongodb://a/county", "mongodb://a:27018/county", false},
		{"mongodb://a/county", "mongodb://b/county", false},
	} {
		if got := SameDatabase(row.a, row.b); got != row.want {
			t.Errorf("%s and %s: got %v, want %v", row.a, row.b, got, row.want)
		}
	}
}

func TestWithDatabase(t *testing.T) {
	for _, row := range [][2]string{
		{"mongodb://a", "mongodb://a/new"}, {"mongodb://a/", "mongodb://a/new"}, {"mongodb://a:1,b:2/county?authSource=admin",
			"mongodb://a:1,b:2/new?authSource=admin"},
		{"mongodb+srv://u:p@a/?w=1", "mongodb+srv://u:p@a/new?w=1"},
	} {
		if got := WithDatabase(row[0], "new"); got != row[1] {
			t.Errorf("%s: got %s, want %s", row[0], got, row[1])
		}
	}
}

// TestTail: records that were looked at are trusted for a moment, and a record written behind them does not make the moment longer.
func TestTail(t *testing.T) {
	var tl tail
	tl.noteWritten(7)
	if tl.reaches(7) {
		t.Error("a record that was written behind one nobody has looked at is trusted")
	}
	tl.noteRead(7, time.Now())
	tl.noteWritten(9)
	if !tl.reaches(7) || !tl.reaches(9) || tl.reaches(10) {
		t.Errorf("of 7, 9 and 10 are trusted: %v, %v, %v", tl.reaches(7), tl.reaches(9), tl.reaches(10))
	}
	tl.noteRead(8, time.Now().Add(-tailTrust))
	if !tl.reaches(9) {
		t.Error("an older look took away what is known")
	}
	tl.at = time.Now().Add(-tailTrust)
	tl.noteWritten(12)
	if tl.reaches(9) || tl.reaches(12) {
		t.Error("what was looked at long ago is trusted")
	}
	tl.noteRead(5, time.Now())
	if !tl.reaches(5) || tl.reaches(12) {
		t.Errorf("after a new look at 5: %v, at 12: %v", tl.reaches(5), tl.reaches(12))
	}
}
