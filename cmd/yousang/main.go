// Command yousang records agricultural lots from orchard to park, keeps their lineage, and serves the pages that their codes open.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/yousang/yousang/internal/locale"
	"github.com/yousang/yousang/internal/trace"
)

// cli is the whole command line; every flag has a YOUSANG_ twin in the environment.
type cli struct {
	LogFormat string `help:"Form of the log: text or json." enum:"text,json" default:"text"`
	LogLevel  string `help:"Least level that is logged." enum:"debug,info,warn,error" default:"info"`

	Serve   serveCmd   `cmd:"" help:"Serve the API and the pages of a ledger."`
	Demo    demoCmd    `cmd:"" help:"Serve a ledger with a season of both chains, to try things out."`
	Import  importCmd  `cmd:"" help:"Record the good rows of a register (XLSX or CSV) and report the others."`
	Export  exportCmd  `cmd:"" help:"Write the events out: an EPCIS 2.0 document or CSV."`
	Verify  verifyCmd  `cmd:"" help:"Derive everything again from the log and compare."`
	Backup  backupCmd  `cmd:"" help:"Copy the store into a new file, while a server runs if need be."`
	Copy    copyCmd    `cmd:"" help:"Copy a ledger into another store, from SQLite to MongoDB or back; goes on where it was cut short."`
	Key     keyCmd     `cmd:"" help:"Make, list and revoke API keys."`
	Bench   benchCmd   `cmd:"" help:"Measure a server over HTTP on the lineage graph of docs/performance.md."`
	Health  healthCmd  `cmd:"" help:"Ask a running server whether it is ready; the exit code says it."`
	Version versionCmd `cmd:"" help:"Print the version."`

	SerialKey serialKeyCmd `cmd:"" help:"Make and list the secret keys of serial numbers."`
	BenchBare bareCmd      `cmd:"" hidden:""`
}

// process holds the streams, the log and the languages of a command.
type process struct {
	out, err io.Writer
	log      *slog.Logger
	locales  *locale.Printer // for requests: each asks for its own language
	printer  *locale.Printer // of the terminal
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the program. The exit code is 0 for success, 1 for a failure that is reported on stderr, 2 for arguments that cannot be parsed.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	p := &process{out: stdout, err: stderr}
	words, err := locale.New()
	if err != nil {
		p.print(stderr, "yousang: %v\n", err)
		return 1
	}
	p.locales, p.printer = words, words.In(terminalLanguage())
	var c cli
	parser, err := kong.New(&c, kong.Name("yousang"), kong.Description("柚桑 Yousang: traceability from village orchard to county park."),
		kong.DefaultEnvars("YOUSANG"), helpTexts, kong.Writers(stdout, stderr), kong.UsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Exit(func(code int) { panic(exitCode(code)) }))
	if err != nil {
		return p.reportError(err)
	}
	return p.runCommand(parser, &c, args)
}

// exitCode carries the exit that kong asks for (after --help) out of the parser.
type exitCode int

func (p *process) runCommand(parser *kong.Kong, c *cli, args []string) (code int) {
	defer func() {
		if e, ok := recover().(exitCode); ok {
			code = int(e)
		}
	}()
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if err != nil {
		parser.Errorf("%s", err)
		return 2
	}
	p.log = newLogger(p.err, c.LogFormat, c.LogLevel)
	if err := k.Run(p); err != nil && !errors.Is(err, context.Canceled) {
		return p.reportError(err)
	}
	return 0
}

// reportError prints an error in the language of the terminal.
func (p *process) reportError(err error) int {
	var e *trace.Error
	var t sentenceError
	text := err.Error()
	if errors.As(err, &t) {
		text = p.printer.T(t.id)
	} else if errors.As(err, &e) {
		text = p.printer.Error(e)
	}
	p.print(p.err, "yousang: %s\n", text)
	return 1
}

// print writes to a stream; a failure of the stream is ignored, since there is no other stream to report the failure on.
func (p *process) print(w io.Writer, format string, args ...any) {
	_, _ = fmt.Fprintf(w, format, args...)
}

func terminalLanguage() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); len(v) >= 2 {
			if v[:2] == "zh" {
				return "zh"
			}
			return "en"
		}
	}
	return "en"
}

func newLogger(w io.Writer, format, level string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo
	}
	o := &slog.HandlerOptions{Level: l}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}
